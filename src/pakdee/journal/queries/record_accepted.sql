-- What:   the provider took a batch.
-- Params: batch, fence, provider, now
-- Why:    the fence is the claim's: another claim since then makes this answer stale. An answer that comes after
--         its lease died still tells the truth about this attempt, so it counts from unknown too.
UPDATE batch
SET state = 'accepted', provider_id = :provider, reason = NULL, settled_at = :now, worker = NULL, lease_until = NULL
WHERE id = :batch AND fence = :fence AND state IN ('sending', 'unknown')
