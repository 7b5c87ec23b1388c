-- What:  how often, how lately and for how much.
-- Grain: one row per customer.   Params: day (variable).
-- Why:   who never bought has 0 orders and spent 0, but no days since and no average.
CREATE TEMP VIEW purchases AS
SELECT * REPLACE (
           coalesce(order_count, 0) AS order_count,
           coalesce(order_count_365d, 0) AS order_count_365d,
           coalesce(order_count_90d, 0) AS order_count_90d,
           coalesce(order_count_30d, 0) AS order_count_30d,
           coalesce(net_spend, 0)::DECIMAL(18, 4) AS net_spend,
           coalesce(net_spend_365d, 0)::DECIMAL(18, 4) AS net_spend_365d,
           coalesce(net_spend_this_year, 0)::DECIMAL(18, 4) AS net_spend_this_year
       ),
       getvariable('day') - last_order_on AS days_since_last_purchase,
       getvariable('day') - first_order_on AS days_since_first_purchase,
       round(net_spend_365d / nullif(order_count_365d, 0), 4)::DECIMAL(18, 4) AS average_order_value_365d,
       CASE WHEN order_count_365d > 0 THEN
           CASE WHEN net_spend_365d <= 0 THEN 1
                WHEN net_spend_365d >= top_fifth_from THEN 5
                WHEN net_spend_365d >= fourth_fifth_from THEN 4
                WHEN net_spend_365d >= third_fifth_from THEN 3
                WHEN net_spend_365d >= second_fifth_from THEN 2
                ELSE 1 END
       END AS spend_fifth,
       CASE WHEN order_count_365d > 0 THEN concat(
           CASE WHEN getvariable('day') - last_order_on <= 30 THEN 5
                WHEN getvariable('day') - last_order_on <= 90 THEN 4
                WHEN getvariable('day') - last_order_on <= 180 THEN 3
                WHEN getvariable('day') - last_order_on <= 365 THEN 2
                ELSE 1 END,
           CASE WHEN order_count_365d >= 8 THEN 5
                WHEN order_count_365d >= 5 THEN 4
                WHEN order_count_365d >= 3 THEN 3
                WHEN order_count_365d >= 2 THEN 2
                ELSE 1 END,
           spend_fifth
       ) END AS rfm
FROM people;
