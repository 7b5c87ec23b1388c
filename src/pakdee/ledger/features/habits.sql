-- What:  shares of offers, channels and returns.
-- Grain: one row per customer.   Params: none.
-- Why:   shares are of net orders, so without one they are unknown, never 0. What came back is what the orders
--        came to less what was kept of them; more may come back than was bought in 365 days, hence the bounds.
CREATE TEMP VIEW habits AS
SELECT * REPLACE (coalesce(channel_count_365d, 0) AS channel_count_365d),
       CASE WHEN gross_spend_365d > 0
            THEN greatest(0, least(1, (gross_spend_365d - net_spend_365d) / gross_spend_365d))
       END AS return_rate_365d,
       offer_order_count_365d / nullif(order_count_365d, 0) AS offer_order_share_365d,
       1 - offer_order_count_365d / nullif(order_count_365d, 0) AS full_price_share_365d,
       coalesce(online_order_count_365d, 0) / nullif(order_count_365d, 0) AS online_share_365d
FROM rhythm;
