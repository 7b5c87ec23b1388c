-- What:   forgets the raw text of deliveries read long ago, which names addresses.
-- Params: before
UPDATE webhook_inbox SET body = NULL WHERE body IS NOT NULL AND ingested_at < :before
