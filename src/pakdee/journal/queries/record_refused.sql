-- What:   the provider said no to a batch, in its own words.
-- Params: batch, fence, reason, now
UPDATE batch
SET state = 'refused', reason = :reason, settled_at = :now, since = NULL, worker = NULL, lease_until = NULL
WHERE id = :batch AND fence = :fence AND state IN ('sending', 'unknown', 'unconfirmed')
  AND NOT is_restored
