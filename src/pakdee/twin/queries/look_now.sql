-- What:   the waiting messages of a batch id are looked at again.
-- Grain:  one row per message.
-- Params: batch_id, now (unix seconds).
-- Why:    what was paused may go out as soon as the pause is taken away.
UPDATE scheduled SET look_at = :now WHERE look_at > :now AND message_id IN (
    SELECT m.id FROM message AS m JOIN request AS r ON r.id = m.request_id
    WHERE r.batch_id = :batch_id AND MAX(COALESCE(m.send_at, 0), r.received_at) <= :now)
