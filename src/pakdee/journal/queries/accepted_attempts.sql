-- What:   requests that were taken, and whether any event of theirs has arrived.
-- Grain:  one row per attempt claimed since an instant; tests are in, they show a living webhook as well.
-- Params: since
-- Why:    events of a request that waits at the provider come after its time.
SELECT a.claimed_at, COALESCE(a.send_at, a.ended_at) AS expected_from,
       EXISTS (SELECT 1 FROM engagement_event e
               WHERE e.attempt_id = a.id AND e.kind NOT IN ('account', 'unknown')) AS is_heard
FROM attempt a
WHERE a.claimed_at >= :since AND a.outcome = 'accepted'
ORDER BY a.claimed_at
