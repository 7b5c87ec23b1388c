-- What:  the tiers that the shop keeps itself as steps, with the day on which the tier was last climbed to.
-- Grain: one row per change.   Params: lowest (variable).
CREATE OR REPLACE TEMP TABLE tier_steps AS
WITH compared AS (
    SELECT *, lag(rank, 1, getvariable('lowest')) OVER (PARTITION BY customer_id ORDER BY day) AS before
    FROM tier_history
),
moved AS (
    SELECT *, max(day) FILTER (rank > before) OVER life AS risen_on, max(day) FILTER (rank <> before) OVER life AS moved_on
    FROM compared
    WINDOW life AS (PARTITION BY customer_id ORDER BY day)
)
SELECT 0 AS round, epoch, day, rank, CASE WHEN risen_on = moved_on THEN risen_on END AS since, ends_on, reason
FROM moved
JOIN tier_epochs USING (customer_id)
WHERE shown_until = getvariable('day');
