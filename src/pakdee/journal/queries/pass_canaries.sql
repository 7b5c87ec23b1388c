-- What:   canaries of which every batch is settled, the last long enough ago: the others may go.
-- Params: now
UPDATE canary SET passed_at = :now
WHERE passed_at IS NULL
  AND NOT EXISTS (
      SELECT 1 FROM batch b
      WHERE b.canary_id = canary.id AND b.is_canary
        AND (b.settled_at IS NULL OR b.settled_at + canary.wait > :now))
