-- What:  what a candidate's days add to what tiers go by, as it is known in an epoch.
-- Grain: one row per epoch and day.   Params: none.
-- Why:   a loose return takes back what was bought last before it, in the same calendar year where tiers go by
--        years: after it no more is left of any earlier day than the least that there was from then on.
CREATE OR REPLACE TEMP TABLE tier_days AS
WITH known AS (
    SELECT epoch, day, sum(amount) AS amount, bool_or(is_loose) AS is_loose
    FROM tier_epochs
    JOIN tier_facts USING (customer_id)
    WHERE day < shown_until AND (known_on <= known_by OR (known_on = day AND NOT is_loose))
    GROUP BY epoch, day
),
loose AS (
    SELECT DISTINCT epoch FROM known WHERE is_loose
),
running AS (
    SELECT epoch, day, period_of(day) AS period, sum(amount) OVER (PARTITION BY epoch, period_of(day) ORDER BY day) AS total
    FROM known
    JOIN loose USING (epoch)
),
lasting AS (
    SELECT epoch, day, period, min(total) OVER (
               PARTITION BY epoch, period ORDER BY day ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
           ) AS total
    FROM running
)
SELECT epoch, day, amount
FROM known
ANTI JOIN loose USING (epoch)
UNION ALL
SELECT epoch, day, total - lag(total, 1, 0) OVER (PARTITION BY epoch, period ORDER BY day)
FROM lasting;
