-- What:   what is left of a batch after some messages were taken out is queued again.
-- Params: batch, now
-- Why:    the fence rises, so that no answer to the whole is taken for one to the rest. As young as the part
--         that was taken out.
UPDATE batch
SET state = 'queued', fence = fence + 1, created_at = created_at + 1, reason = NULL, retry_at = 0, since = NULL,
    worker = NULL, lease_until = NULL
WHERE id = :batch
