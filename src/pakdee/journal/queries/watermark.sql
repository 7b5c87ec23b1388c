-- What:   how far a list of the provider has been read.
-- Grain:  one row, or none.
-- Params: of
SELECT reached_at FROM watermark WHERE name = :of
