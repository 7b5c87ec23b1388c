-- What:  how a customer recommends the shop.
-- Grain: one row per customer from the first to the last one.   Params: first, last (variables, customer ids), day.
-- Why:   who invited nobody has invited 0.
CREATE TEMP VIEW word_of_mouth AS
SELECT customer_id,
       coalesce(referrals_sent_90d, 0) AS referrals_sent_90d,
       coalesce(referrals_converted_365d, 0) AS referrals_converted_365d,
       getvariable('day') - local_day(last_won_at) AS days_since_referral_converted
FROM (FROM shop_customers WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN (FROM invited_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id)
LEFT JOIN (FROM won_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id);
