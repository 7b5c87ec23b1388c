-- What:   attempts of these batches whose events arrived were accepted, whatever was thought of them.
-- Params: batches (a list)
UPDATE attempt SET outcome = 'accepted', ended_at = COALESCE(ended_at, :now)
WHERE batch_id IN :batches AND (outcome = 'unknown' OR outcome IS NULL)
  AND EXISTS (
      SELECT 1 FROM engagement_event e
      WHERE e.attempt_id = attempt.id AND e.kind NOT IN ('account', 'unknown')
        AND e.occurred_at >= COALESCE(attempt.send_at, 0))
