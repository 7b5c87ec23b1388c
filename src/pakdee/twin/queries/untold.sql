-- What:   messages that went out at once and whose story is not yet written.
-- Grain:  one row per message, oldest first.
-- Params: limit.
-- Why:    the story is written after the answer, so that accepting stays fast.
SELECT m.id, m.request_id, m.position, m.address, m.reference, r.provider_id, r.attempt, r.received_at
FROM message AS m JOIN request AS r ON r.id = m.request_id
WHERE m.id > (SELECT message_id FROM told) AND m.id NOT IN (SELECT message_id FROM scheduled)
ORDER BY m.id LIMIT :limit
