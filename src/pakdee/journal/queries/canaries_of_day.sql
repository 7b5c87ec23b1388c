-- What:   how far the canaries of a business day are.
-- Grain:  one row per canary.
-- Params: day
SELECT c.campaign, c.wait, c.passed_at,
       SUM(CASE WHEN b.is_canary THEN b.size ELSE 0 END) AS messages,
       SUM(CASE WHEN b.is_canary AND b.settled_at IS NOT NULL THEN b.size ELSE 0 END) AS settled,
       SUM(CASE WHEN NOT b.is_canary THEN b.size ELSE 0 END) AS waiting,
       MAX(CASE WHEN b.is_canary THEN b.settled_at END) AS last_settled_at
FROM batch b JOIN canary c ON c.id = b.canary_id
WHERE b.due_on = :day
GROUP BY c.id, c.campaign, c.wait, c.passed_at
ORDER BY c.campaign, c.id
