-- What:   deliveries of events that are not read yet, oldest first.
-- Grain:  one row per delivery.
-- Params: limit
SELECT id, received_at, body FROM webhook_inbox WHERE ingested_at IS NULL ORDER BY received_at, id LIMIT :limit
