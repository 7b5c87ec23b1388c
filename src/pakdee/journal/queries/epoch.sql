-- What:   the journal's counter and its generation.
-- Grain:  one row.
SELECT epoch, generation FROM meta
