-- What:   offers of a range of customers that count in a member's cap, or were redeemed.
-- Grain:  one row per offer.
-- Params: first, last (customer ids, inclusive, sorted by bytes)
SELECT customer_id, grant_id, cap_period, expires_on, redeemed_on IS NOT NULL AS is_redeemed FROM offer
WHERE cap_period IS NOT NULL AND customer_id BETWEEN :first AND :last
UNION ALL
SELECT customer_id, grant_id, cap_period, expires_on, TRUE AS is_redeemed FROM offer
WHERE redeemed_on IS NOT NULL AND cap_period IS NULL AND customer_id BETWEEN :first AND :last
