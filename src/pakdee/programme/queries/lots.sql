-- What:  units that came on one day, less what refunds took back, and the last day on which they can be used.
-- Grain: one row per customer and day on which units became available.
-- Params: `last_on` and `sessions` are filled in.
-- Why:   units of one day are used and run out together, so that nothing finer is needed to tell what is left.
CREATE OR REPLACE TEMP TABLE lots AS
SELECT x.customer_id, x.available_on, x.units, {last_on} AS last_on
FROM (
    SELECT customer_id, available_on, sum(units)::BIGINT AS units
    FROM (
        SELECT customer_id, available_on, units FROM earned
        UNION ALL SELECT customer_id, available_on, units FROM given
        UNION ALL SELECT customer_id, available_on, -units FROM reversals
    )
    GROUP BY customer_id, available_on
) AS x
{sessions};
