-- What:   a planned run becomes claimable.
-- Params: run, now
UPDATE run SET state = 'enqueued', lease_until = NULL, finished_at = :now
WHERE id = :run AND state = 'planning'
