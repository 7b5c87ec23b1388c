-- What:   a batch id that was given out.
-- Grain:  one row.
-- Params: id, now (unix seconds).
-- Why:    only such ids may be used.
INSERT INTO batch (id, created_at) VALUES (:id, :now)
