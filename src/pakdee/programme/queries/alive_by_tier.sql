-- What:  times in which a tier kept units alive: in the mornings of all their days.
-- Grain: one row per customer and time.
-- Params: day (variable); `ranks`, `beginning` (customers' time before the first change), `starts` and `members`
--         are filled in.
SELECT customer_id, {starts} AS starts, ends
FROM (
    SELECT customer_id, day, rank,
           least(getvariable('day') - 1,
                 lead(day, 1, getvariable('day')) OVER (PARTITION BY customer_id ORDER BY day)) AS ends
    FROM (SELECT customer_id, day, rank FROM tier_history {beginning})
)
{members}
WHERE rank IN ({ranks}) AND {starts} <= ends
