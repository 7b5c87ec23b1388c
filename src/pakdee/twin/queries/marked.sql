-- What:   batch ids that are paused or cancelled.
-- Grain:  one row per batch id.
-- Params: batch_id, null for all.
-- Why:    at most ten at a time; only these are listed.
SELECT batch_id, status, since FROM mark
WHERE ended_at IS NULL AND (:batch_id IS NULL OR batch_id = :batch_id) ORDER BY id
