-- What:   events that the webhook took.
-- Grain:  one row per event.
-- Params: ids (JSON array).
-- Why:    after the 2xx; a crash in between posts them again, as SendGrid may.
UPDATE event SET state = 'posted' WHERE id IN (SELECT value FROM json_each(:ids))
