-- What:   a delivery was read.
-- Params: inbox, events, note, now
-- Why:    marked after its events are stored, so a crash between the two only reads it again.
UPDATE webhook_inbox SET ingested_at = :now, events = :events, note = :note
WHERE id = :inbox AND ingested_at IS NULL
