-- What:   a batch becomes this worker's, before anything is sent.
-- Params: batch, attempt, worker, lease_until, now
UPDATE batch
SET state = 'sending', attempts = attempts + 1, fence = fence + 1, attempt_id = :attempt, claimed_at = :now,
    worker = :worker, lease_until = :lease_until, reason = NULL
WHERE id = :batch
RETURNING fence
