-- What:   extends the lease of a run that is being planned, and tells what its messages are.
-- Grain:  one row, or none when the run is not being planned any more.
-- Params: run, now (microseconds)
-- Why:    the row stays locked until the caller's transaction ends, so a run cannot be finished, failed
--         or adopted between this check and what is written under it.
UPDATE run SET lease_until = :now + lease
WHERE id = :run AND state = 'planning'
RETURNING is_test, is_restored
