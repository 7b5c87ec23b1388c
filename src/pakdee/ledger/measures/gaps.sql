-- What:  how many gaps between order days end in the period, and their median in days.
-- Grain: one row.
-- Params: start, end (days).
-- Why:   two orders on one day are one visit. The gap belongs to the period in which it ended.
WITH order_days AS (
    SELECT DISTINCT customer_id, ordered_on
    FROM net_orders
    WHERE customer_id IS NOT NULL AND ordered_on < $end
),
gaps AS (
    SELECT ordered_on - lag(ordered_on) OVER (PARTITION BY customer_id ORDER BY ordered_on) AS days
    FROM order_days
    QUALIFY ordered_on >= $start AND days IS NOT NULL
)
SELECT count(*) AS gaps, median(days)::DECIMAL(18, 4) AS median_gap
FROM gaps
