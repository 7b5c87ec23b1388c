-- What:  what is missing to the next reward where the shop itself keeps the points.
-- Grain: one row per customer of the range.   Params: first, last (variables); `cheapest` is filled in.
CREATE OR REPLACE TEMP VIEW balance_told AS
SELECT customer_id, greatest(0, {cheapest} - points_balance) AS units_to_next_reward
FROM part
WHERE customer_id BETWEEN getvariable('first') AND getvariable('last');
