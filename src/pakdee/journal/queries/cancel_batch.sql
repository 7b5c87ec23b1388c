-- What:   a whole batch will not be sent.
-- Params: batch, reason, now
UPDATE batch SET state = 'cancelled', reason = :reason, settled_at = :now
WHERE id = :batch AND state = 'queued'
