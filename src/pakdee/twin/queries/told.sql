-- What:   how far stories are written.
-- Grain:  the one row.
-- Params: message_id.
-- Why:    in the same transaction as the events, so that no story is written twice.
UPDATE told SET message_id = :message_id
