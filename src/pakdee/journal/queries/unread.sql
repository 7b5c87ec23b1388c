-- What:   how many deliveries are not read yet.
-- Grain:  one row.
SELECT COUNT(*) AS deliveries FROM webhook_inbox WHERE ingested_at IS NULL
