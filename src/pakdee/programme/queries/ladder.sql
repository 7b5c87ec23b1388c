-- What:  the ladder features and points earned.
-- Grain: one row per customer.   Params: day, active_days, client_orders (variables); `points` is filled in.
-- Why:   retained means active a while ago and active now, as in the retention rate, so that both agree.
CREATE TEMP VIEW ladder AS
WITH earlier AS (
    SELECT customer_id,
           count(*) FILTER (
               kept > 0 AND ordered_on >= getvariable('day') - 2 * getvariable('active_days')
               AND ordered_on < getvariable('day') - getvariable('active_days')
           ) AS orders,
           sum({points}) FILTER (kept > 0 AND ordered_on >= getvariable('day') - 365) AS points
    FROM kept_orders(getvariable('day'))
    WHERE ordered_on >= getvariable('day') - greatest(365, 2 * getvariable('active_days'))
    GROUP BY customer_id
)
SELECT part.customer_id,
       CASE WHEN order_count = 0 THEN 'prospect'
            WHEN order_count_365d >= getvariable('client_orders')
                 AND days_since_last_purchase <= getvariable('active_days') THEN 'client'
            ELSE 'customer' END AS rung,
       days_since_last_purchase > getvariable('active_days') AS is_lapsed,
       coalesce(days_since_last_purchase <= getvariable('active_days') AND earlier.orders > 0, false)
           AS is_retained,
       coalesce(points, 0) AS points_earned_365d
FROM part
LEFT JOIN earlier USING (customer_id);
