-- What:  the ranges of customers that are worked on one after the other, each with about as many rows of facts.
-- Grain: one row per range, in order.   Params: `rows`, how many at once, and `histories` are filled in.
-- Why:   a few customers may have most of the orders, and what a range takes in memory goes by its rows. Blocks of
--        customers are weighed by every 64th row of each table, which is as good as all of them.
WITH blocks AS (
    SELECT min(customer_id) AS first_id, max(customer_id) AS last_id, count(*) AS customers
    FROM part
    GROUP BY file_row_number // 64
),
histories AS (
    {histories}
),
weighed AS (
    SELECT first_id, last_id, any_value(customers) + 64 * count(h.customer_id) AS weight
    FROM blocks
    LEFT JOIN (
        SELECT b.first_id, h.customer_id
        FROM histories AS h
        ASOF JOIN blocks AS b ON h.customer_id >= b.first_id
    ) AS h USING (first_id)
    GROUP BY first_id, last_id
),
placed AS (
    SELECT first_id, last_id, (sum(weight) OVER (ORDER BY first_id) - 1) // {rows} AS range_number
    FROM weighed
)
SELECT min(first_id), max(last_id)
FROM placed
GROUP BY range_number
ORDER BY 1;
