-- What:   runs of earlier days whose planner died before it was done.
-- Grain:  one row per run.
-- Params: day (of the run that starts), now, beyond
-- Why:    nothing of them can have been sent, and their customers are planned anew.
SELECT id FROM run
WHERE state = 'planning' AND (lease_until < :now OR lease_until > :beyond) AND day < :day
ORDER BY id
