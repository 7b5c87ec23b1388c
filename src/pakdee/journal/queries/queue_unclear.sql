-- What:   an unclear batch is to be sent again.
-- Params: batch, fence, reason
UPDATE batch
SET state = 'queued', reason = :reason, retry_at = 0, since = NULL, settled_at = NULL, is_restored = FALSE
WHERE id = :batch AND fence = :fence AND state IN ('unknown', 'unconfirmed')
