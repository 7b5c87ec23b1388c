-- What:   runs that were being planned when the journal was kept: the lost one may have finished and sent them.
-- Params: now, reason
-- Why:    closed as whole, so that nobody takes their messages back; these are held like all others.
UPDATE run SET state = 'enqueued', lease_until = NULL, finished_at = :now, reason = :reason WHERE state = 'planning'
