-- What:   how requests of one original batch and of all that was split off it ended.
-- Grain:  one row.
-- Params: batch (any of them; its own latest request is left out while it is under way)
-- Why:    of the refusals only those of requests no younger than any that is still open: one that takes long to be
--         accepted must not look like a family in which nothing is. `waiting` is the largest part still queued.
WITH mine AS (
    SELECT a.outcome, a.claimed_at,
           (a.outcome IS NULL OR a.outcome = 'unknown')
           AND a.id <> (SELECT o.attempt_id FROM batch o WHERE o.id = :batch) AS is_open
    FROM batch b JOIN attempt a ON a.batch_id = b.id
    WHERE b.root_id = (SELECT o.root_id FROM batch o WHERE o.id = :batch)),
oldest_open AS (SELECT MIN(claimed_at) AS claimed_at FROM mine WHERE is_open)
SELECT COALESCE(SUM(CASE WHEN m.outcome = 'refused' AND m.claimed_at <= COALESCE(o.claimed_at, m.claimed_at)
                         THEN 1 ELSE 0 END), 0) AS refused,
       COALESCE(SUM(CASE WHEN m.outcome = 'accepted' THEN 1 ELSE 0 END), 0) AS accepted,
       COALESCE((SELECT MAX(b.size) FROM batch b
                 WHERE b.root_id = (SELECT o.root_id FROM batch o WHERE o.id = :batch)
                   AND b.state = 'queued'), 0) AS waiting
FROM mine m CROSS JOIN oldest_open o
