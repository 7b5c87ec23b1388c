-- What:  customers with one order and more, with two and more, and how soon the second came.
-- Grain: one row.
-- Params: end (day).
-- Why:   90 days can only be judged once they have passed, so younger customers are in neither part.
WITH numbered AS (
    SELECT customer_id, ordered_on,
           row_number() OVER (PARTITION BY customer_id ORDER BY ordered_at, order_id) AS number
    FROM net_orders
    WHERE customer_id IS NOT NULL AND ordered_on < $end
    QUALIFY number <= 2
),
started AS (
    SELECT customer_id, min(ordered_on) AS first_on, max(ordered_on) FILTER (number = 2) AS second_on
    FROM numbered
    GROUP BY customer_id
)
SELECT count(*) AS buyers,
       count(second_on) AS repeat,
       count(*) FILTER (first_on + 90 < $end) AS aged,
       count(*) FILTER (first_on + 90 < $end AND second_on <= first_on + 90) AS aged_repeat
FROM started
