-- What:  how text becomes typed values; NULL where it cannot.
-- Grain: one macro per kind of column.   Params: the session variables zone and currency.
-- Why:   everything is read as text first, so that a value that cannot be understood is set aside with its
--        reason instead of ending the import; a value is never guessed, and money never becomes a float.

CREATE MACRO local_day(instant) AS CAST(timezone(getvariable('zone'), instant) AS DATE);

-- Where clocks go back an hour exists twice: the first is meant. Where they go forward, ICU moves on by the gap.
CREATE MACRO utc_of(wall) AS CASE
    WHEN timezone(getvariable('zone'), timezone(getvariable('zone'), wall) - INTERVAL 1 HOUR) = wall
    THEN timezone(getvariable('zone'), wall) - INTERVAL 1 HOUR
    ELSE timezone(getvariable('zone'), wall)
END;

CREATE MACRO has_offset(iso) AS regexp_matches(iso, '\d:\d{2}(:\d{2}(\.\d+)?)?\s*([+-]\d{2}(:?\d{2})?|Z|UTC)$');

CREATE MACRO read_moment(iso) AS CASE
    WHEN NOT regexp_matches(iso, '^(19|2[0-9])\d{2}-\d{1,2}-\d{1,2}($|[ T]\d)') THEN NULL
    WHEN has_offset(iso)
    THEN TRY_CAST(regexp_replace(iso, '\s*([+-]\d{2}):?(\d{2})$', '\1:\2') AS TIMESTAMPTZ)
    ELSE utc_of(TRY_CAST(iso AS TIMESTAMP))
END;

CREATE MACRO read_day(iso) AS CASE
    WHEN NOT regexp_matches(iso, '^(19|2[0-9])\d{2}-\d{1,2}-\d{1,2}($|[ T]\d)') THEN NULL
    WHEN has_offset(iso) THEN local_day(read_moment(iso))
    ELSE TRY_CAST(TRY_CAST(iso AS TIMESTAMP) AS DATE)
END;

CREATE MACRO read_exact(amount) AS CASE
    WHEN regexp_full_match(amount, '[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?')
    THEN TRY_CAST(amount AS DECIMAL(18, 4))
END;

CREATE MACRO read_whole(amount) AS CASE
    WHEN regexp_full_match(amount, '[+-]?\d{1,9}(\.0*)?') THEN TRY_CAST(amount AS INTEGER)
END;

CREATE MACRO read_flag(word) AS CASE
    WHEN lower(word) IN ('true', 't', 'yes', 'y', '1') THEN true
    WHEN lower(word) IN ('false', 'f', 'no', 'n', '0') THEN false
END;

CREATE MACRO read_status(word) AS CASE lower(word)
    WHEN 'placed' THEN 'placed'
    WHEN 'paid' THEN 'placed'
    WHEN 'delivered' THEN 'delivered'
    WHEN 'completed' THEN 'delivered'
    WHEN 'cancelled' THEN 'cancelled'
    WHEN 'canceled' THEN 'cancelled'
    WHEN 'returned' THEN 'returned'
    WHEN 'refunded' THEN 'returned'
END;

CREATE MACRO read_entry(word) AS CASE lower(word)
    WHEN 'earn' THEN 'earn'
    WHEN 'earned' THEN 'earn'
    WHEN 'redeem' THEN 'redeem'
    WHEN 'redeemed' THEN 'redeem'
    WHEN 'expire' THEN 'expire'
    WHEN 'expired' THEN 'expire'
    WHEN 'reverse' THEN 'reverse'
    WHEN 'reversed' THEN 'reverse'
    WHEN 'adjust' THEN 'adjust'
    WHEN 'adjusted' THEN 'adjust'
    WHEN 'donate' THEN 'donate'
    WHEN 'donated' THEN 'donate'
END;

CREATE MACRO read_term(word) AS CASE lower(word)
    WHEN 'trial' THEN 'trial'
    WHEN 'trialing' THEN 'trial'
    WHEN 'active' THEN 'active'
    WHEN 'grace' THEN 'grace'
    WHEN 'past_due' THEN 'grace'
    WHEN 'lapsed' THEN 'lapsed'
    WHEN 'expired' THEN 'lapsed'
    WHEN 'cancelled' THEN 'cancelled'
    WHEN 'canceled' THEN 'cancelled'
END;

CREATE MACRO read_currency(word) AS CASE WHEN upper(word) = getvariable('currency') THEN upper(word) END;

-- Month and day must exist; 29 February without a year, or with a leap year.
CREATE MACRO is_birthday(y, m, d) AS
    m BETWEEN 1 AND 12
    AND d BETWEEN 1 AND day(last_day(make_date(CAST(coalesce(y, 2000) AS BIGINT), CAST(m AS BIGINT), 1)))
    AND coalesce(y BETWEEN 1900 AND year(getvariable('now')), true);

CREATE MACRO birthday_of(y, m, d) AS CASE
    WHEN m BETWEEN 1 AND 12 AND is_birthday(y, m, d)
    THEN {'birth_year': y, 'birth_month': m, 'birth_day': d}
END;

-- 1990-11-22, or without a year 11-22 and --11-22; a time behind it is left out.
CREATE MACRO read_birthday(iso) AS CASE
    WHEN regexp_matches(iso, '^((\d{4})-|--)?\d{1,2}-\d{1,2}($|[ T])')
    THEN birthday_of(
        TRY_CAST(regexp_extract(iso, '^(\d{4})-', 1) AS INTEGER),
        TRY_CAST(regexp_extract(iso, '^(?:\d{4}-|--)?(\d{1,2})-', 1) AS INTEGER),
        TRY_CAST(regexp_extract(iso, '^(?:\d{4}-|--)?\d{1,2}-(\d{1,2})', 1) AS INTEGER)
    )
END;

-- A year of the Buddhist era in front becomes a common one; before the text is parsed, because 29 February of
-- 2567 is no day of the common year 2567.
CREATE MACRO common_era(iso) AS CASE
    WHEN regexp_matches(iso, '^\d{4}-') THEN CAST(CAST(left(iso, 4) AS INTEGER) - 543 AS VARCHAR) || substr(iso, 5)
    ELSE iso
END;

CREATE MACRO looks_buddhist(instant) AS
    year(instant) BETWEEN year(getvariable('now')) + 400 AND year(getvariable('now')) + 544;

CREATE MACRO lies_ahead(instant) AS instant > getvariable('now') + INTERVAL 1 DAY;
