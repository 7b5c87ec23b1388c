-- What:  birthdays, joining and channel; lays every sum beside its customer for the groups that follow.
-- Grain: one row per customer from the first to the last one.
-- Params: first, last (variables, customer ids), day (variable), leap_birthday (variable, through the macros).
-- Why:   who joins after the day is not a member yet, but stays in the table: nobody is lost. Customers come
--        in ranges, and each table is narrowed by itself, so that a join holds one range and not everybody.
--        Six months after 29 August is the last of February, like those after the 30th and 31st: the stated day is
--        for birthdays of 29 February alone.
CREATE TEMP VIEW facts AS
SELECT *
FROM (FROM shop_customers WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN (FROM order_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id)
LEFT JOIN (FROM channel_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id)
LEFT JOIN (FROM category_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id)
LEFT JOIN (FROM last_products WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id)
LEFT JOIN (FROM cycle_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id)
CROSS JOIN shop;

CREATE TEMP VIEW people AS
WITH told AS (
    SELECT * REPLACE (CASE WHEN joined_on <= getvariable('day') THEN joined_on END AS joined_on)
    FROM facts
)
SELECT *,
       days_to_next(birth_month, birth_day) AS days_to_birthday,
       days_since_last(birth_month, birth_day) AS days_since_birthday,
       days_to_next((birth_month + 5) % 12 + 1,
                    CASE WHEN birth_month = 8 AND birth_day = 29 THEN 30 ELSE birth_day END) AS days_to_half_birthday,
       getvariable('day') - birth_recorded_on AS days_since_birthday_recorded,
       coalesce(getvariable('day') - birth_recorded_on < 30, false) AS is_birthday_new,
       whole_years(birth_year, birth_month, birth_day)::INTEGER AS age,
       coalesce(whole_years(birth_year, birth_month, birth_day) < 20, false) AS is_minor,
       getvariable('day') - joined_on AS days_since_joined,
       days_to_next(month(joined_on)::INTEGER, day(joined_on)::INTEGER) AS days_to_join_anniversary,
       days_since_last(month(joined_on)::INTEGER, day(joined_on)::INTEGER) AS days_since_join_anniversary,
       whole_years(year(joined_on), month(joined_on)::INTEGER, day(joined_on)::INTEGER)::INTEGER
           AS years_a_member,
       coalesce(declared_channel, most_used_channel, 'email') AS preferred_channel,
       joined_on IS NOT NULL AS is_member
FROM told;
