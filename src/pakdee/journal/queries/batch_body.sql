-- What:   the stored request of a batch.
-- Grain:  one row, or none.
-- Params: batch
SELECT body, body_bytes, body_sha256 FROM batch WHERE id = :batch AND body IS NOT NULL
