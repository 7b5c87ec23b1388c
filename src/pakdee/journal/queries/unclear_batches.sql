-- What:   all that is known of batches of which nobody can say whether they were taken.
-- Grain:  one row per batch, the oldest first.
-- Params: batch (an id, or * for all)
-- Why:    tests are in: what becomes of them is to be known as well. The attempt is the latest.
SELECT b.id, b.campaign, b.size, b.fence, b.since, b.reason, b.is_restored, b.attempt_id,
       COALESCE(b.claimed_at, b.since) AS claimed_at, a.provider_batch_id, a.send_at, a.cancelled_at
FROM batch b LEFT JOIN attempt a ON a.id = b.attempt_id
WHERE b.state = 'unknown' AND (b.id = :batch OR :batch = '*')
ORDER BY b.since, b.id
