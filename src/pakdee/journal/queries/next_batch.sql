-- What:   the batch to send next, with what its run had seen of the logs.
-- Grain:  one row, or none.
-- Params: due_before, now, beyond, ceiling_since (microseconds), room (messages), run (an id, or * for all)
-- Why:    only whole runs are sent, never a stopped campaign, nothing past its time, nothing behind canaries
--         that have not passed, and nothing at all while the provider asked to wait. Under a ceiling only what
--         fits, or is counted already. What lies beyond an hour was written by a clock that ran ahead.
--         PostgreSQL adds a lock that passes over what another worker is claiming.
SELECT b.id, b.run_id, b.campaign, b.step, b.size, b.purpose, b.is_test, b.fence,
       b.body, b.body_bytes, b.body_sha256, r.seen_consent, r.seen_suppression
FROM batch b JOIN run r ON r.id = b.run_id
WHERE b.state = 'queued' AND r.state = 'enqueued'
  AND b.not_before <= :due_before AND (b.retry_at <= :now OR b.retry_at > :beyond)
  AND (b.not_after IS NULL OR b.not_after > :now)
  AND (b.run_id = :run OR :run = '*')
  AND (b.is_test OR b.size <= :room OR b.claimed_at >= :ceiling_since)
  AND (b.canary_id IS NULL OR b.is_canary
       OR b.canary_id NOT IN (SELECT c.id FROM canary c WHERE c.passed_at IS NULL))
  AND NOT EXISTS (SELECT 1 FROM meta WHERE paced_until > :now AND paced_until <= :beyond)
  AND NOT EXISTS (SELECT 1 FROM stop s WHERE s.resumed_at IS NULL AND s.scope IN ('*', b.campaign))
ORDER BY b.not_before, b.created_at, b.id
LIMIT 1
