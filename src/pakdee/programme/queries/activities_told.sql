-- What:  totals of the activities that the programme names, one column each.
-- Grain: one row per customer of the range.
-- Params: first, last (variables); `totals` is filled in.
-- Why:   an activity without an amount counts as 1, as it does for milestones and tiers.
CREATE OR REPLACE TEMP VIEW activities_told AS
SELECT customer_id, {totals}
FROM (SELECT customer_id FROM part WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN facts_activities USING (customer_id)
GROUP BY customer_id;
