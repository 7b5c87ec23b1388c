-- What:   a batch id is no longer paused or cancelled.
-- Grain:  at most one row.
-- Params: batch_id, now (unix seconds).
-- Why:    a change of status ends one span and begins the next.
UPDATE mark SET ended_at = :now WHERE batch_id = :batch_id AND ended_at IS NULL
