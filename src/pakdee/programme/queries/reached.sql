-- What:  since when customers who never chose a reward have had, for the first time, enough for the cheapest one.
-- Grain: one row per customer who ever had.   Params: `moves` of `savers`, today's included, is filled in.
-- Why:   what is left in the evening of a day is what came by then, less what was used, and on top of it the most by
--        which, when units ran out, their end in the queue lay beyond what had been used before.
CREATE OR REPLACE TEMP TABLE reached AS
WITH ended AS (
    SELECT *, reach - coalesce(sum(used) OVER (PARTITION BY number ORDER BY day
                                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS beyond
    FROM ({moves})
),
evenings AS (
    SELECT customer_id, day, sum(came) OVER life - sum(used) OVER life - greatest(0, max(beyond) OVER life) AS left_over
    FROM ended
    WINDOW life AS (PARTITION BY number ORDER BY day ROWS UNBOUNDED PRECEDING)
)
SELECT customer_id, min(day) AS reached_on
FROM evenings
JOIN cheapest USING (customer_id)
WHERE left_over >= cost
GROUP BY customer_id;
