-- What:  the ranges of customers that are worked on one after the other, each with about as many rows of facts.
-- Grain: one row per range, in order.
-- Params: `everyone`, `histories`, `rows` (how many at once) and `rows_of_customer` (what a customer weighs) are
--         filled in.
-- Why:   a few customers may have most of the facts, and what a range takes in memory goes by its rows. Every 64th
--        row of a table weighs 64, which is as good as all of them. A running sum needs no join, which the database
--        would make row by row where it takes such a sample for a handful.
WITH seen AS (
    SELECT customer_id, {rows_of_customer} AS weight FROM {everyone}
    UNION ALL
    SELECT customer_id, 64 FROM ({histories})
),
placed AS (
    SELECT customer_id, (sum(weight) OVER (ORDER BY customer_id) - 1) // {rows} AS range_number
    FROM seen
)
SELECT min(customer_id), max(customer_id)
FROM placed
GROUP BY range_number
ORDER BY 1;
