-- What:   batches that wait although their time is over.
-- Grain:  one row per batch.
-- Params: now
-- Why:    only of whole runs: a run being planned is its planner's.
SELECT b.id FROM batch b JOIN run r ON r.id = b.run_id
WHERE b.state = 'queued' AND r.state = 'enqueued' AND b.not_after IS NOT NULL AND b.not_after <= :now
ORDER BY b.id
