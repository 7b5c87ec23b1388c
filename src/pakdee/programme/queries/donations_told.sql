-- What:  what was donated in a customer's name.
-- Grain: one row per customer of the range.   Params: day, first, last (variables); `given` is filled in.
CREATE OR REPLACE TEMP VIEW donations_told AS
SELECT customer_id, coalesce(amount, 0) AS donated_365d
FROM (SELECT customer_id FROM part WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN (
    SELECT customer_id, sum(amount) AS amount
    FROM (
        SELECT customer_id, paid_on AS day, amount FROM shop_donations
        WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')
        UNION ALL SELECT customer_id, day, value AS amount FROM ({given})
    )
    WHERE day >= getvariable('day') - 365 AND day < getvariable('day')
    GROUP BY customer_id
) USING (customer_id);
