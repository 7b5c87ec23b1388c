-- What:   attempts whose worker may be long gone.
-- Params: now
UPDATE attempt SET outcome = 'unknown', ended_at = :now WHERE outcome IS NULL
