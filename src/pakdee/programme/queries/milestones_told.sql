-- What:  the milestone that was reached last.
-- Grain: one row per customer of the range.   Params: day, first, last (variables); `given` is filled in.
CREATE OR REPLACE TEMP VIEW milestones_told AS
SELECT customer_id, getvariable('day') - day AS days_since_milestone, name AS last_milestone
FROM (SELECT customer_id FROM part WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN (
    SELECT customer_id, max(day) AS day, arg_max("grant", (day, happened_at, "grant")) AS name
    FROM ({given})
    GROUP BY customer_id
) USING (customer_id);
