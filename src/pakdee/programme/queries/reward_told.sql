-- What:  what is missing to the next reward where the shop itself keeps the points.
-- Grain: one row per customer of the range.   Params: first, last (variables).
CREATE OR REPLACE TEMP VIEW balance_told AS
SELECT customer_id, CASE WHEN cost IS NOT NULL THEN greatest(0, cost - points_balance) END AS units_to_next_reward
FROM (SELECT customer_id, points_balance FROM part) AS part
LEFT JOIN cheapest USING (customer_id)
WHERE customer_id BETWEEN getvariable('first') AND getvariable('last');
