-- What:   where a batch stands.
-- Grain:  one row, or none.
-- Params: batch
SELECT state, fence, is_restored, body IS NOT NULL AS has_body FROM batch WHERE id = :batch
