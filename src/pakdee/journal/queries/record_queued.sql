-- What:   a batch that was certainly not taken waits to be sent again.
-- Params: batch, fence, reason, retry_at
UPDATE batch
SET state = 'queued', reason = :reason, retry_at = :retry_at, since = NULL, settled_at = NULL, worker = NULL, lease_until = NULL
WHERE id = :batch AND fence = :fence AND state IN ('sending', 'unknown', 'unconfirmed')
  AND NOT is_restored
