-- What:   the message to an address in a request, for events that lost our ids.
-- Grain:  one row, or none; an address stands once in a request.
-- Params: attempt, provider, address
-- Why:    bounces that come back by mail carry no custom args.
SELECT m.message_id, b.attempt_id
FROM batch b JOIN message m ON m.batch_id = b.id
WHERE (b.id = (SELECT a.batch_id FROM attempt a WHERE a.id = :attempt) OR b.provider_id = :provider)
  AND m.address_hash = :address
