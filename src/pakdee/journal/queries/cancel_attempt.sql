-- What:   the provider has confirmed that it will throw a held request away.
-- Params: batch, fence, now
UPDATE attempt SET cancelled_at = :now
WHERE batch_id = :batch AND fence = :fence AND send_at IS NOT NULL AND cancelled_at IS NULL
