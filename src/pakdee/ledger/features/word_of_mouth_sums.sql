-- What:  whom customers invited, and who of these became a customer.
-- Grain: invited_sums and won_sums, one row per referrer; friends_won, one per friend.   Params: day (variable).
-- Why:   who was invited twice is won once, on the first day. An order that came back wins nobody, so the shop's
--        word that somebody was won counts while the order it names is kept.
CREATE TEMP TABLE invited_sums AS
SELECT referrer_id AS customer_id, count(*) AS referrals_sent_90d
FROM genuine_referrals
WHERE invited_at >= begins(getvariable('day') - 90) AND invited_at < begins(getvariable('day'))
GROUP BY referrer_id;

CREATE TEMP VIEW friends_won AS
WITH told AS (
    SELECT referrer_id, coalesce(converted_customer_id, referral_id) AS won, converted_at, converted_order_id
    FROM genuine_referrals
    WHERE converted_at < begins(getvariable('day'))
),
gone AS (
    SELECT order_id
    FROM kept_orders(getvariable('day'))
    WHERE kept <= 0
)
SELECT referrer_id, won, min(converted_at) AS won_at
FROM told
ANTI JOIN gone ON order_id = converted_order_id
GROUP BY referrer_id, won;

CREATE TEMP TABLE won_sums AS
SELECT referrer_id AS customer_id, max(won_at) AS last_won_at,
       count(*) FILTER (won_at >= begins(getvariable('day') - 365)) AS referrals_converted_365d
FROM friends_won
GROUP BY referrer_id;
