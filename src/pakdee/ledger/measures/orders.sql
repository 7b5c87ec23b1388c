-- What:  customers active at the end, and their net orders in the period.
-- Grain: one row.
-- Params: start, end (days), active_days.
-- Why:   numerator and denominator are about the same customers, so that the quotient is orders per head.
WITH per_customer AS (
    SELECT customer_id, count(*) FILTER (ordered_on >= $start) AS orders
    FROM net_orders
    WHERE customer_id IS NOT NULL AND ordered_on < $end
    GROUP BY customer_id
    HAVING max(ordered_on) >= $end::DATE - $active_days::INTEGER
)
SELECT count(*) AS active, coalesce(sum(orders), 0)::BIGINT AS orders_of_active
FROM per_customer
