-- What:   a journal begins anew after a loss: one generation more, and ahead of the number beside it.
-- Grain:  one row.
-- Params: beside
UPDATE meta
SET generation = generation + 1, epoch = CASE WHEN epoch > :beside THEN epoch ELSE :beside END + 1, paced_until = 0
RETURNING generation, epoch
