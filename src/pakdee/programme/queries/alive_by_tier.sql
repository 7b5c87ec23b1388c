-- What:  times in which a tier kept units alive: in the mornings of all their days.
-- Grain: one row per customer and time.   Params: day (variable); `ranks` is filled in.
SELECT customer_id, day + 1 AS starts, ends
FROM (
    SELECT customer_id, day, rank,
           least(getvariable('day') - 1,
                 lead(day, 1, getvariable('day')) OVER (PARTITION BY customer_id ORDER BY day)) AS ends
    FROM tier_history
)
WHERE rank IN ({ranks}) AND day < ends
