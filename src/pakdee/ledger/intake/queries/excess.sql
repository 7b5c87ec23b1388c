-- What:  orders for which more was paid back than they came to: how many, and one of them.
-- Grain: one row.
-- Why:   a refund belongs to its order's own day, so it cannot be read as part of another order.
WITH paid_back AS (SELECT order_id, sum(amount) AS amount FROM merged_refunds GROUP BY order_id)
SELECT count(*), min(order_id)
FROM paid_back JOIN merged_orders USING (order_id)
WHERE paid_back.amount > merged_orders.net_amount;
