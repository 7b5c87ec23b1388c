-- What:   runs of the same day whose planner died become claimable with the run that was finished.
-- Params: run (the finished one), now, beyond, reason
-- Why:    each of their batches is complete, and the finished run counted their customers as already sent.
UPDATE run SET state = 'enqueued', lease_until = NULL, finished_at = :now, reason = :reason
WHERE state = 'planning' AND (lease_until < :now OR lease_until > :beyond) AND NOT is_test
  AND day = (SELECT day FROM run WHERE id = :run AND NOT is_test)
