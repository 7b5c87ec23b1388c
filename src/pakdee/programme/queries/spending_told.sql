-- What:  when units were last spent.
-- Grain: one row per customer of the range.   Params: day, first, last (variables).
CREATE OR REPLACE TEMP VIEW spending_told AS
SELECT customer_id, getvariable('day') - last_on AS days_since_last_redemption
FROM (SELECT customer_id FROM part WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN (
    SELECT customer_id, max(day) AS last_on FROM used WHERE kind = 'redeem' GROUP BY customer_id
) USING (customer_id);
