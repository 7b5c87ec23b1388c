-- What:   a run that cannot be finished is closed.
-- Params: run, now, reason
UPDATE run SET state = 'failed', lease_until = NULL, finished_at = :now, reason = :reason
WHERE id = :run AND state = 'planning'
