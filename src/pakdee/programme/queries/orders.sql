-- What:  the orders a programme looks at, with every column it reads.
-- Grain: one row per order.   Params: none; `orders` is the view of the stored table.
-- Why:   a shop may say nothing of status; the empty shape laid under the rows gives null there.
CREATE TEMP VIEW shop_orders AS
SELECT order_id, customer_id, ordered_on, net_amount, status
FROM (
    SELECT NULL::VARCHAR AS status WHERE false
    UNION ALL BY NAME
    SELECT * FROM orders
);
