-- What:   what is due and has no outcome yet, with what holds it back.
-- Grain:  one row per campaign, state and canary it waits for; tests and unfinished runs left out.
-- Params: due_before
SELECT b.campaign, b.state, SUM(b.size) AS messages, COUNT(*) AS batches, MIN(b.size) AS smallest,
       w.id IS NOT NULL AS is_behind_canary,
       CASE WHEN w.open_batches = 0 THEN w.passes_at END AS canary_until
FROM batch b JOIN run r ON r.id = b.run_id
LEFT JOIN (
    SELECT c.id, SUM(CASE WHEN k.settled_at IS NULL THEN 1 ELSE 0 END) AS open_batches,
           MAX(k.settled_at) + c.wait AS passes_at
    FROM canary c JOIN batch k ON k.canary_id = c.id AND k.is_canary
    WHERE c.passed_at IS NULL
    GROUP BY c.id, c.wait) AS w ON w.id = b.canary_id AND NOT b.is_canary
WHERE b.state IN ('queued', 'sending', 'unknown') AND r.state = 'enqueued' AND NOT b.is_test
  AND b.not_before <= :due_before
GROUP BY b.campaign, b.state, w.id, w.open_batches, w.passes_at
ORDER BY b.campaign, b.state, w.id
