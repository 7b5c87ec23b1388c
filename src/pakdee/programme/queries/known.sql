-- What:  no rows, but every feature of stages before that the loyalty features are made from.
-- Grain: none.   Params: none.
-- Why:   laid under the real columns by name it gives null where the shop has no such facts, or nobody asked.
CREATE TEMP VIEW nothing_known AS
SELECT NULL::VARCHAR AS customer_id, NULL::INTEGER AS order_count, NULL::INTEGER AS order_count_365d,
       NULL::INTEGER AS days_since_last_purchase, NULL::DOUBLE AS gap_cv, NULL::BOOLEAN AS is_member,
       NULL::VARCHAR AS plan_status, NULL::INTEGER AS last_nps, NULL::DOUBLE AS mean_rating,
       NULL::INTEGER AS rating_count, NULL::INTEGER AS good_review_count_365d,
       NULL::INTEGER AS human_clicks_90d, NULL::INTEGER AS days_since_last_click,
       NULL::INTEGER AS social_points_365d, NULL::DOUBLE AS full_price_share_365d,
       NULL::DOUBLE AS offer_order_share_365d, NULL::DOUBLE AS redemption_rate,
       NULL::INTEGER AS referrals_converted_365d
WHERE false;
