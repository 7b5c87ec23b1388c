-- What:  the ladder features.
-- Grain: one row per customer.   Params: active_days, client_orders (variables).
-- Why:   retained means active a while ago and active now, as in the retention rate, so that both agree.
CREATE OR REPLACE TEMP VIEW ladder AS
SELECT part.customer_id,
       CASE WHEN order_count = 0 THEN 'prospect'
            WHEN order_count_365d >= getvariable('client_orders')
                 AND days_since_last_purchase <= getvariable('active_days') THEN 'client'
            ELSE 'customer' END AS rung,
       days_since_last_purchase > getvariable('active_days') AS is_lapsed,
       coalesce(days_since_last_purchase <= getvariable('active_days') AND earlier_orders > 0, false)
           AS is_retained
FROM (FROM part WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) AS part
LEFT JOIN earlier_orders USING (customer_id);
