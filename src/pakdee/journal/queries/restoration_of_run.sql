-- What:   the restoration because of which a run's mails are held back, see known_to_run.
-- Grain:  one row.
-- Params: run
SELECT s.kept_at FROM run r JOIN restoration s ON r.day <= s.to_day
WHERE r.id = :run ORDER BY s.generation DESC LIMIT 1
