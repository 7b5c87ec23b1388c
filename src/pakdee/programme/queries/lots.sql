-- What:  units that came, what refunds took back of them, and the last day on which they can be used.
-- Grain: one row per entry that gave or took back; what was taken back bears the day of its lot and is below 0.
-- Params: day (variable); `last_on` and `sessions` are filled in.
-- Why:   units of one day are used and run out together, so that a customer's rows in the order of that day tell
--        what is left; adding up those of a day would cost more than it spares.
CREATE OR REPLACE TEMP TABLE lots AS
SELECT x.* EXCLUDE (day), CASE WHEN x.day >= getvariable('day') - 365 THEN x.earned ELSE 0 END AS earned_lately,
       {last_on} AS last_on
FROM (
    SELECT customer_id, available_on, day, units, units AS earned FROM earned
    UNION ALL SELECT customer_id, available_on, day, units, 0 FROM given
    UNION ALL SELECT customer_id, available_on, earned_on, -units, -units FROM reversals
) AS x
{sessions};
