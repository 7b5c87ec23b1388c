-- What:   a batch belongs to a canary: it goes ahead, or waits for those that do.
-- Params: batch, canary, is_canary
UPDATE batch SET canary_id = :canary, is_canary = :is_canary WHERE id = :batch
