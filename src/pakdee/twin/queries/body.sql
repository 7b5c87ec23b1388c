-- What:   the raw body of a request.
-- Grain:  one row.
-- Params: id.
-- Why:    compressed on disk.
SELECT body, body_bytes FROM request WHERE id = :id
