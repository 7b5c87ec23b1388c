-- What:   all marks of some batch ids.
-- Grain:  one row per span, oldest first.
-- Params: ids (JSON array).
-- Why:    from them follows what becomes of a mail.
SELECT batch_id, status, since, set_at, ended_at FROM mark
WHERE batch_id IN (SELECT value FROM json_each(:ids)) ORDER BY id
