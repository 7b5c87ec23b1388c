-- What:   forgets somebody who was to get an offer, since nothing is left of it.
-- Params: customer_id, campaign, step, occasion
DELETE FROM message
WHERE customer_id = :customer_id AND campaign = :campaign AND step = :step AND occasion = :occasion
