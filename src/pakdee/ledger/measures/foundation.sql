-- What:  the orders that count, the money that counts, and the customers who count.
-- Grain: net_orders, one row per net order; takings, one row per movement of money; shoppers, one per customer.
-- Params: none.
-- Why:   a net order keeps a positive amount, see domain.net_orders; all refunds known count.
--        Money is dated to the day it moved: a refund lowers the day it was paid back, and a return that
--        names no order (a row with a negative amount) its own day. Staff are out of everything.
CREATE TEMP VIEW shoppers AS
SELECT customer_id, marketing_consent, consent_at
FROM shop_customers
WHERE is_staff IS NOT TRUE;

CREATE TEMP VIEW outside_orders AS
SELECT *
FROM every_order('infinity'::DATE, 'infinity'::DATE)
WHERE customer_id IS NULL
   OR customer_id NOT IN (SELECT customer_id FROM shop_customers WHERE is_staff);

CREATE TEMP VIEW net_orders AS
SELECT order_id, customer_id, ordered_at, ordered_on, currency, kept AS kept_amount
FROM outside_orders
WHERE kept > 0;

CREATE TEMP VIEW real_orders AS
SELECT *
FROM outside_orders
WHERE net_amount < 0 OR coalesce(status, '') NOT IN ('cancelled', 'returned');

CREATE TEMP VIEW takings AS
SELECT ordered_on AS moved_on, customer_id, currency, net_amount AS amount
FROM real_orders
UNION ALL
SELECT r.refunded_on, o.customer_id, o.currency, -r.amount
FROM shop_refunds r
JOIN real_orders o USING (order_id);
