-- What:  what a candidate's days add to what tiers go by, as it is known in an epoch.
-- Grain: one row per epoch and day.   Params: none.
-- Why:   a loose return takes back what was bought last before it, in the same calendar year where tiers go by
--        years; what is more counts against its own day. So nothing is left of a day beyond the least that there
--        was at any time from then on.
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
    SELECT epoch, day, period_of(day) AS period, sum(amount) OVER life AS total
    FROM known
    JOIN loose USING (epoch)
    WINDOW life AS (PARTITION BY epoch, period_of(day) ORDER BY day)
),
owing AS (
    SELECT *, least(0, min(total) OVER (PARTITION BY epoch, period ORDER BY day)) AS owed
    FROM running
),
lasting AS (
    SELECT *, min(total - owed) OVER (
               PARTITION BY epoch, period ORDER BY day ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
           ) AS remains
    FROM owing
)
SELECT epoch, day, amount
FROM known
ANTI JOIN loose USING (epoch)
UNION ALL
SELECT epoch, day, remains - lag(remains, 1, 0) OVER life + owed - lag(owed, 1, 0) OVER life
FROM lasting
WINDOW life AS (PARTITION BY epoch, period ORDER BY day);
