-- What:  orders of the time before the last one in which customers are active.
-- Grain: one row per customer_id with one.   Params: day, active_days, first, last (variables).
CREATE OR REPLACE TEMP TABLE earlier_orders AS
SELECT customer_id, count(*) AS earlier_orders
FROM kept_orders(getvariable('day'))
WHERE kept > 0 AND customer_id BETWEEN getvariable('first') AND getvariable('last')
  AND ordered_on >= getvariable('day') - 2 * getvariable('active_days')
  AND ordered_on < getvariable('day') - getvariable('active_days')
GROUP BY customer_id;
