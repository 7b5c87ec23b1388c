-- What:   the raw body of a request.
-- Grain:  one row.
-- Params: id.
-- Why:    compressed on disk.
SELECT body FROM request WHERE id = :id
