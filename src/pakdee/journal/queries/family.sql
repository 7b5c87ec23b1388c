-- What:   how requests of one original batch and of all that was split off it ended.
-- Grain:  one row.
-- Params: batch (any of them)
SELECT COALESCE(SUM(CASE WHEN a.outcome = 'refused' THEN 1 ELSE 0 END), 0) AS refused,
       COALESCE(SUM(CASE WHEN a.outcome = 'accepted' THEN 1 ELSE 0 END), 0) AS accepted
FROM batch b JOIN attempt a ON a.batch_id = b.id
WHERE b.root_id = (SELECT root_id FROM batch WHERE id = :batch)
