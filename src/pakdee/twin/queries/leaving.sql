-- What:   scheduled messages whose time has come.
-- Grain:  one row per message, the earliest first.
-- Params: now (unix seconds), limit.
-- Why:    whether they go out is decided by the marks of their batch id.
SELECT m.id, m.request_id, m.position, m.address, m.reference, m.send_at,
    r.provider_id, r.attempt, r.received_at, r.batch_id
FROM scheduled AS s JOIN message AS m ON m.id = s.message_id JOIN request AS r ON r.id = m.request_id
WHERE s.look_at <= :now ORDER BY s.look_at, m.id LIMIT :limit
