-- What:  the times in which what tiers go by reached a higher level than the lowest, and everyone's beginning.
-- Grain: tier_climbs, one row per epoch and stretch of days, `until` exclusive; tier_steps, one per epoch.
-- Params: day, lowest, window_slides (variables).
-- Why:   a day's amount comes into the window on its day and leaves one that slides on another; between two such
--        days nothing changes. A calendar year or a lifetime lets go of all at once.
CREATE OR REPLACE TEMP TABLE tier_climbs AS
WITH moved AS (
    SELECT epoch, day, amount FROM tier_days
    UNION ALL
    SELECT epoch, leaves_window_on(day), -amount
    FROM tier_days
    WHERE getvariable('window_slides') AND leaves_window_on(day) < getvariable('day')
),
daily AS (
    SELECT epoch, day, period_of(day) AS period, sum(amount) AS amount FROM moved GROUP BY epoch, day
),
standing AS (
    SELECT epoch, day, lead(day) OVER life AS next_day, rank_reached(sum(amount) OVER life) AS rank
    FROM daily
    WINDOW life AS (PARTITION BY epoch, period ORDER BY day)
)
SELECT epoch, day, rank,
       coalesce(next_day, CASE WHEN getvariable('window_slides') THEN getvariable('day')
                               ELSE least(leaves_window_on(day), getvariable('day')) END) AS until
FROM standing
WHERE rank > getvariable('lowest');

CREATE OR REPLACE TEMP TABLE tier_steps AS
SELECT 0 AS round, epoch, DATE '0001-01-01' AS day, getvariable('lowest') AS rank, NULL::DATE AS since,
       NULL::DATE AS ends_on, 'start' AS reason
FROM tier_epochs;
