-- What:  tiers as customers held them.
-- Grain: one row per customer and day at whose end the tier or its term changed.   Params: `tier` is filled in.
SELECT customer_id, day, {tier} AS tier, ends_on, reason
FROM tier_history
