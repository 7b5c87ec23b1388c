-- What:   messages of a request that may not go out at once.
-- Grain:  one row per message with a batch id or a time to come.
-- Params: request_id.
-- Why:    their story begins when they go out, which depends on what is asked for their batch id until then.
INSERT INTO scheduled (message_id, look_at)
SELECT m.id, MAX(COALESCE(m.send_at, 0), r.received_at)
FROM message AS m JOIN request AS r ON r.id = m.request_id
WHERE m.request_id = :request_id AND (r.batch_id IS NOT NULL OR m.send_at > r.received_at)
