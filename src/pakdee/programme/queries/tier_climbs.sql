-- What:  the times in which what tiers go by reached a higher level than the lowest.
-- Grain: one row per epoch and stretch of days, `until` exclusive.   Params: day (variable).
-- Why:   a day's amount comes into the window on its day and leaves it on another; between two such days
--        nothing changes.
CREATE OR REPLACE TEMP TABLE tier_climbs AS
WITH moved AS (
    SELECT epoch, day, amount FROM tier_days
    UNION ALL
    SELECT epoch, leaves_window_on(day), -amount FROM tier_days WHERE leaves_window_on(day) < getvariable('day')
),
daily AS (
    SELECT epoch, day, sum(amount) AS amount FROM moved GROUP BY epoch, day
),
standing AS (
    SELECT epoch, day, lead(day, 1, getvariable('day')) OVER life AS until,
           rank_reached(sum(amount) OVER life) AS rank
    FROM daily
    WINDOW life AS (PARTITION BY epoch ORDER BY day)
)
SELECT *
FROM standing
WHERE rank > getvariable('lowest');

CREATE OR REPLACE TEMP TABLE tier_steps AS
SELECT 0 AS round, epoch, DATE '0001-01-01' AS day, getvariable('lowest') AS rank, NULL::DATE AS since,
       NULL::DATE AS ends_on, 'start' AS reason
FROM tier_epochs;
