-- What:  when units were last spent; where they never were, since when they were enough for a reward.
-- Grain: one row per customer of the range.
-- Params: day, first, last (variables); `reached_on` and `waiting`, a join to `reached`, are filled in.
CREATE OR REPLACE TEMP VIEW spending_told AS
SELECT customer_id, getvariable('day') - coalesce(last_on, {reached_on}) AS days_since_last_redemption
FROM (SELECT customer_id FROM part WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN (
    SELECT customer_id, max(day) AS last_on FROM used WHERE kind = 'redeem' GROUP BY customer_id
) USING (customer_id)
{waiting};
