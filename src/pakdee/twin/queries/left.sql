-- What:   scheduled messages that have gone out, or never will.
-- Grain:  one row per message.
-- Params: ids (JSON array).
-- Why:    in the same transaction as their events, so that no story is written twice.
DELETE FROM scheduled WHERE message_id IN (SELECT value FROM json_each(:ids))
