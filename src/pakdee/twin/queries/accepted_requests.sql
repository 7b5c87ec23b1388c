-- What:   every accepted request.
-- Grain:  one row per request, oldest first.
-- Params: none.
-- Why:    the answer to "what did it say".
SELECT provider_id, attempt, batch_id, received_at, body FROM request ORDER BY id
