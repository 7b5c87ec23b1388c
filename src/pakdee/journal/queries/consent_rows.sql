-- What:   a customer's consent log.
-- Grain:  one row per entry, latest first.
-- Params: customer
SELECT state, occurred_at, source FROM consent WHERE customer_id = :customer
ORDER BY occurred_at DESC, state DESC, source
