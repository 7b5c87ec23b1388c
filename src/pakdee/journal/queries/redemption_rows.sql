-- What:   which of a customer's offers were used, and when.
-- Grain:  one row per offer, latest first.
-- Params: customer
SELECT campaign, step, customer_id, occasion, grant_id, redeemed_on
FROM offer
WHERE customer_id = :customer AND redeemed_on IS NOT NULL
ORDER BY redeemed_on DESC, grant_id, campaign
