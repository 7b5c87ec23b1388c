-- What:   whether a batch id was given out.
-- Grain:  one row, or none.
-- Params: id.
-- Why:    SendGrid refuses ids that it did not make.
SELECT id FROM batch WHERE id = :id
