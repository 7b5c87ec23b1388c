-- What:  refunds with the customers whose orders they are of; from now on `shop_refunds` are those of the range.
-- Grain: one row per refund of a known customer's order.   Params: day, first, last (variables).
-- Why:   a refund names its order alone; looked up for each range anew it would meet all orders as often.
CREATE TEMP TABLE owned_refunds AS
SELECT o.customer_id, r.order_id, r.line_no, r.amount, r.refunded_on
FROM shop_refunds AS r
JOIN shop_orders AS o USING (order_id)
WHERE o.customer_id IS NOT NULL AND r.refunded_on < getvariable('day')
ORDER BY o.customer_id;

CREATE OR REPLACE TEMP VIEW shop_refunds AS
SELECT * EXCLUDE (customer_id)
FROM owned_refunds
WHERE customer_id BETWEEN getvariable('first') AND getvariable('last');
