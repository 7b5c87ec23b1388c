-- What:   unclear batches of which an event has arrived, see settle_by_evidence.
-- Grain:  one row per batch.
-- Params: batch (an id, or * for all)
SELECT b.id
FROM batch b
WHERE b.state = 'unknown' AND (b.id = :batch OR :batch = '*')
  AND (EXISTS (
          SELECT 1 FROM attempt a JOIN engagement_event e ON e.attempt_id = a.id
          WHERE a.batch_id = b.id AND e.kind NOT IN ('account', 'unknown')
            AND e.occurred_at >= COALESCE(a.send_at, 0))
       OR EXISTS (
          SELECT 1
          FROM message m JOIN engagement_event e ON e.message_id = m.message_id
          LEFT JOIN attempt a ON a.id = COALESCE(NULLIF(e.attempt_id, ''), b.attempt_id)
          WHERE m.batch_id = b.id AND e.kind NOT IN ('account', 'unknown')
            AND e.occurred_at >= COALESCE(a.send_at, 0)))
