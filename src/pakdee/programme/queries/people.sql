-- What:  who the customers of the range are as members: what they gave, when they joined, when they turn old enough.
-- Grain: facts_people, one row per customer; facts_joins and facts_birthdays, one row per such day of theirs.
-- Params: day, leap_birthday, first, last (variables); `has_contact` and `min_age` are filled in.
-- Why:   a birth date counts from the day on which it was recorded; whoever types it in afterwards waits for the
--        next birthday. Without a day of joining, birthdays count from the first thing a customer did.
CREATE TEMP MACRO anniversary_in(in_year, in_month, on_day) AS
CASE WHEN in_month = 2 AND on_day = 29 AND day(last_day(make_date(in_year, 2, 1))) = 28
     THEN CASE getvariable('leap_birthday') WHEN '03-01' THEN make_date(in_year, 3, 1)
          ELSE make_date(in_year, 2, 28) END
     WHEN in_month BETWEEN 1 AND 12
     THEN make_date(in_year, in_month, least(on_day, day(last_day(make_date(in_year, in_month, 1))))::INTEGER)
END;

CREATE TEMP VIEW facts_people AS
SELECT customer_id, CASE WHEN joined_on < getvariable('day') THEN joined_on END AS joined_on, birth_month, birth_day,
       {has_contact} AS has_contact,
       CASE WHEN birth_day IS NOT NULL THEN coalesce(birth_recorded_on, DATE '0001-01-01') END AS birth_told_on,
       anniversary_in((birth_year + {min_age})::INTEGER, birth_month, birth_day) AS of_age_on
FROM (FROM shop_customers WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) AS customers
LEFT JOIN (FROM shop_persons WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) AS persons
    USING (customer_id);

CREATE TEMP VIEW facts_joins AS
SELECT customer_id, 'join' AS source, joined_on AS day, NULL::TIMESTAMPTZ AS happened_at,
       event_of(joined_on) AS event, weekday_of(joined_on) AS weekday
FROM facts_people
WHERE joined_on IS NOT NULL;

CREATE TEMP VIEW first_days AS
SELECT customer_id, min(day) AS first_on
FROM (
    SELECT customer_id, day FROM facts_orders
    UNION ALL SELECT customer_id, day FROM facts_activities
    UNION ALL SELECT customer_id, day FROM facts_entries
    UNION ALL SELECT customer_id, day FROM facts_referrals
    UNION ALL SELECT customer_id, day FROM facts_surveys
)
GROUP BY customer_id;

CREATE TEMP VIEW facts_birthdays AS
SELECT customer_id, year(day)::VARCHAR AS source, day, NULL::TIMESTAMPTZ AS happened_at,
       event_of(day) AS event, weekday_of(day) AS weekday
FROM (
    SELECT customer_id, birth_told_on, coalesce(joined_on, first_on) AS since,
           anniversary_in(in_year::INTEGER, birth_month, birth_day) AS day
    FROM facts_people
    LEFT JOIN first_days USING (customer_id)
    CROSS JOIN (SELECT unnest(range(1970, year(getvariable('day')) + 1)) AS in_year) AS years
    WHERE year(coalesce(joined_on, first_on)) <= in_year
)
WHERE day > since AND day < getvariable('day') AND birth_told_on <= day;
