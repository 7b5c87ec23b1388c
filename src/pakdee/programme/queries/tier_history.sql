-- What:  the tier at the end of each day on which it changed, or its term did, as it was known on that day.
-- Grain: one row per customer and such day; rank counted from 1, the lowest before the first.   Params: lowest (variable).
-- Why:   each epoch tells of its own days. Where its story begins with less than was said the day before, a refund
--        took the tier back.
CREATE OR REPLACE TEMP TABLE tier_history AS
WITH told AS (
    SELECT customer_id, CASE WHEN is_first THEN day ELSE greatest(day, known_by) END AS told_on,
           arg_max({'rank': rank, 'ends_on': ends_on, 'reason': reason}, day) AS last,
           bool_or(day <= known_by AND NOT is_first) AS at_begin
    FROM tier_steps
    JOIN tier_epochs USING (epoch)
    GROUP BY customer_id, told_on
),
compared AS (
    SELECT *, lag(last.rank, 1, getvariable('lowest')) OVER life AS rank_before,
           lag(last.ends_on) OVER life AS ends_before
    FROM told
    WINDOW life AS (PARTITION BY customer_id ORDER BY told_on)
)
SELECT customer_id, told_on AS day, last.rank AS rank, last.ends_on AS ends_on,
       CASE WHEN at_begin AND last.rank < rank_before THEN 'return' ELSE last.reason END AS reason
FROM compared
WHERE last.rank <> rank_before OR last.ends_on IS DISTINCT FROM ends_before;
