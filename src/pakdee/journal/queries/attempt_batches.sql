-- What:   the batch of each attempt.
-- Grain:  one row per attempt that is ours.
-- Params: attempts (a list)
SELECT id, batch_id FROM attempt WHERE id IN :attempts
