-- What:   messages that are due and have no outcome yet.
-- Grain:  one row.
-- Params: due_before
-- Why:    tests are left out; a run that is still being planned is not due.
SELECT COALESCE(SUM(b.size), 0) AS messages
FROM batch b JOIN run r ON r.id = b.run_id
WHERE b.state IN ('queued', 'sending') AND r.state = 'enqueued' AND NOT b.is_test AND b.not_before <= :due_before
