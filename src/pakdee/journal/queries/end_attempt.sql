-- What:   how an attempt ended.
-- Params: attempt, outcome, now
-- Why:    a later answer replaces one that was unknown.
UPDATE attempt SET outcome = :outcome, ended_at = :now WHERE id = :attempt
