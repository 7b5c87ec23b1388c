-- What:   a scheduled message waits longer.
-- Grain:  one row.
-- Params: message_id, look_at (unix seconds).
-- Why:    a paused message must not be looked at all the time.
UPDATE scheduled SET look_at = :look_at WHERE message_id = :message_id
