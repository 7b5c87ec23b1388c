-- What:  the three questions all anniversaries come down to, and the shop's days and midnights, as macros.
-- Grain: none.   Params: day (variable), leap_birthday (variable, 02-28 or 03-01), zone (variable).
-- Why:   an anniversary of 29 February has a stated day in common years, and every feature must agree on it;
--        a day beyond the month's end, such as six months after 31 August, is the month's last. Instants are
--        compared with midnights, since a midnight is reckoned once and the day of an instant for every row.
CREATE TEMP MACRO begins(on_day) AS timezone(getvariable('zone'), on_day::TIMESTAMP);

CREATE TEMP MACRO local_day(instant) AS timezone(getvariable('zone'), instant)::DATE;

CREATE TEMP MACRO anniversary_in(in_year, in_month, on_day) AS
CASE WHEN in_month = 2 AND on_day = 29 AND day(last_day(make_date(in_year, 2, 1))) = 28
     THEN CASE getvariable('leap_birthday') WHEN '03-01' THEN make_date(in_year, 3, 1)
          ELSE make_date(in_year, 2, 28) END
     WHEN in_month BETWEEN 1 AND 12
     THEN make_date(in_year, in_month, least(on_day, day(last_day(make_date(in_year, in_month, 1))))::INTEGER)
END;

CREATE TEMP MACRO days_to_next(in_month, on_day) AS
CASE WHEN anniversary_in(year(getvariable('day'))::INTEGER, in_month, on_day) >= getvariable('day')
     THEN anniversary_in(year(getvariable('day'))::INTEGER, in_month, on_day)
     ELSE anniversary_in(year(getvariable('day'))::INTEGER + 1, in_month, on_day)
END - getvariable('day');

CREATE TEMP MACRO days_since_last(in_month, on_day) AS
getvariable('day') -
CASE WHEN anniversary_in(year(getvariable('day'))::INTEGER, in_month, on_day) <= getvariable('day')
     THEN anniversary_in(year(getvariable('day'))::INTEGER, in_month, on_day)
     ELSE anniversary_in(year(getvariable('day'))::INTEGER - 1, in_month, on_day)
END;

CREATE TEMP MACRO whole_years(from_year, in_month, on_day) AS
year(getvariable('day')) - from_year
    - (anniversary_in(year(getvariable('day'))::INTEGER, in_month, on_day) > getvariable('day'))::INTEGER;
