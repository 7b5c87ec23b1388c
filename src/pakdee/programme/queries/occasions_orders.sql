-- What:  orders as occasions for a grant; a share of what is kept of them is its worth.
-- Grain: one row per order of which something is kept.
-- Params: day (variable); `is_an_order`, `least` and `share` are filled in.
(
    SELECT customer_id, source, day, happened_at, kept * {share} AS value
    FROM (
        SELECT o.*, net_amount - coalesce(paid_back, 0) AS kept
        FROM facts_orders AS o
        LEFT JOIN (
            SELECT order_id, sum(amount) AS paid_back
            FROM shop_refunds
            WHERE refunded_on < getvariable('day')
            GROUP BY order_id
        ) AS r ON r.order_id = o.source
        WHERE {is_an_order} AND net_amount >= {least}
    )
    WHERE kept > 0
)
