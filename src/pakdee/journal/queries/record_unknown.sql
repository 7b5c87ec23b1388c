-- What:   nobody can say whether the provider took a batch.
-- Params: batch, fence, reason, now
UPDATE batch SET state = 'unknown', reason = :reason, since = :now, worker = NULL, lease_until = NULL
WHERE id = :batch AND fence = :fence AND state = 'sending'
