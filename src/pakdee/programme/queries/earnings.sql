-- What:  what was earned, less what a refund took back of it.
-- Grain: one row per entry.   Params: day (variable).
-- Why:   where nobody asks what is left, no lots are made that would tell it, too.
(
    SELECT customer_id, units AS earned,
           CASE WHEN day >= getvariable('day') - 365 THEN units ELSE 0 END AS earned_lately
    FROM (
        SELECT customer_id, day, units FROM earned
        UNION ALL SELECT customer_id, earned_on, -units FROM reversals
    )
)
