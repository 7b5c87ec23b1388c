-- What:   the next messages after those that were looked at for their story.
-- Grain:  one row per message, oldest first; is_scheduled where the story begins later, if at all.
-- Params: limit.
-- Why:    the story is written after the answer, so that accepting stays fast; scheduled ones are passed over
--         here and told by `leaving`.
SELECT m.id, m.request_id, m.position, m.address, m.reference, r.provider_id, r.attempt, r.received_at,
    r.batch_id IS NOT NULL OR COALESCE(m.send_at, 0) > r.received_at AS is_scheduled
FROM message AS m JOIN request AS r ON r.id = m.request_id
WHERE m.id > (SELECT message_id FROM told) ORDER BY m.id LIMIT :limit
