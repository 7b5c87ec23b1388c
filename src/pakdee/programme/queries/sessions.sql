-- What:  stretches of time in which something kept units alive again and again.
-- Grain: one row per customer and stretch, from its first to its last day that did.
-- Params: day (variable); `alive` and the macro `runs_out` are filled in.
-- Why:   as long as each such day comes before the time since the last one is over, none of the units that were
--        there runs out; so only the last day of a stretch matters to all of them.
CREATE OR REPLACE TEMP TABLE sessions AS
WITH alive AS (
    {alive}
),
followed AS (
    SELECT *, max(ends) OVER (PARTITION BY customer_id ORDER BY starts, ends
                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended
    FROM alive
),
numbered AS (
    SELECT *, count(*) FILTER (ended IS NULL OR starts > runs_out(ended))
                  OVER (PARTITION BY customer_id ORDER BY starts, ends ROWS UNBOUNDED PRECEDING) AS number
    FROM followed
)
SELECT customer_id, min(starts) AS starts, max(ends) AS ends
FROM numbered
GROUP BY customer_id, number;
