-- What:   a batch as its claimant has it.
-- Grain:  one row, or none when the claim was lost.
-- Params: batch, fence
SELECT id, size, body, body_bytes, body_sha256 FROM batch
WHERE id = :batch AND fence = :fence AND state IN ('sending', 'unknown') AND NOT is_restored
