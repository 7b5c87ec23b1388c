-- What:   messages that nobody gets take no place in caps any more.
-- Params: batch
UPDATE message SET counts = FALSE WHERE batch_id = :batch
