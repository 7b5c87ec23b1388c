-- What:   something that was set before.
-- Grain:  one row, or none.
-- Params: name.
-- Why:    see `keep`.
SELECT value FROM kept WHERE name = :name
