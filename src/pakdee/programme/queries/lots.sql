-- What:  units that came on one day, less what refunds took back, and the last day on which they can be used.
-- Grain: one row per customer and day on which units became available.
-- Params: day (variable); `last_on` and `sessions` are filled in.
-- Why:   units of one day are used and run out together, so that nothing finer is needed to tell what is left;
--        and what of them was earned is counted on the way.
CREATE OR REPLACE TEMP TABLE lots AS
SELECT x.*, {last_on} AS last_on
FROM (
    SELECT customer_id, available_on, sum(units)::BIGINT AS units, sum(earned)::BIGINT AS earned,
           sum(CASE WHEN day >= getvariable('day') - 365 THEN earned ELSE 0 END)::BIGINT AS earned_lately
    FROM (
        SELECT customer_id, available_on, day, units, units AS earned FROM earned
        UNION ALL SELECT customer_id, available_on, day, units, 0 FROM given
        UNION ALL SELECT customer_id, available_on, earned_on, -units, -units FROM reversals
    )
    GROUP BY customer_id, available_on
) AS x
{sessions};
