-- What:   batches that were open when the journal was kept: the lost one may have sent them since.
-- Grain:  one row per batch.
-- Params: reason, now
UPDATE batch
SET state = 'unknown', is_restored = TRUE, reason = :reason, since = :now, worker = NULL, lease_until = NULL
WHERE state IN ('queued', 'sending', 'unknown')
RETURNING size
