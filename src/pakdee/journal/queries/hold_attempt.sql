-- What:   where the provider will keep a request until its time.
-- Params: attempt, batch, fence, provider_batch, send_at
-- Why:    written before the request leaves, so that whatever becomes of it, it can be cancelled.
UPDATE attempt SET provider_batch_id = :provider_batch, send_at = :send_at
WHERE id = :attempt AND provider_batch_id IS NULL AND outcome IS NULL
  AND EXISTS (SELECT 1 FROM batch b WHERE b.id = :batch AND b.fence = :fence AND b.state = 'sending')
