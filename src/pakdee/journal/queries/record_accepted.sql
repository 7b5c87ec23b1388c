-- What:   the provider took a batch.
-- Params: batch, attempt, fence, provider, now
-- Why:    the fence is the claim's: another claim since then makes this answer stale. An answer that comes after
--         its lease died still tells the truth about this attempt, as long as nothing was sent since. Not so of
--         a request that waits at the provider: once it was unclear, it may have been called back meanwhile.
UPDATE batch
SET state = 'accepted', provider_id = :provider, reason = NULL, settled_at = :now, since = NULL,
    worker = NULL, lease_until = NULL
WHERE id = :batch AND fence = :fence AND attempt_id = :attempt
  AND (state = 'sending'
       OR (state IN ('unknown', 'unconfirmed', 'queued')
           AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.id = :attempt AND a.send_at IS NOT NULL)))
