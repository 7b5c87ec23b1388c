-- What:  who has gone quiet, and who stayed.
-- Grain: one row per customer.   Params: active_days (variable).
-- Why:   retained means active a while ago and active now, as in the retention rate, so that both agree.
CREATE OR REPLACE TEMP VIEW ladder AS
SELECT part.customer_id,
       days_since_last_purchase > getvariable('active_days') AS is_lapsed,
       coalesce(days_since_last_purchase <= getvariable('active_days') AND earlier_orders > 0, false)
           AS is_retained
FROM (FROM part WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) AS part
LEFT JOIN earlier_orders USING (customer_id);
