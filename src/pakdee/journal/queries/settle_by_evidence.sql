-- What:   batches that are proven to have gone out, since an event of theirs arrived, become accepted.
-- Grain:  one row per batch that did.
-- Params: batches (a list), now, reason
-- Why:    also one waiting to be sent again: what reached its readers must not be sent twice. A batch being
--         sent is left to its worker. The state is read off the stored events, so their order cannot matter.
--         An event proves by the attempt it names, else by its message. Of a request that waits at the
--         provider only events from its time on do: until then it can still be thrown away.
UPDATE batch
SET state = 'accepted', reason = :reason, settled_at = :now, since = NULL
WHERE id IN :batches
  AND (state IN ('unknown', 'unconfirmed') OR (state = 'queued' AND claimed_at IS NOT NULL))
  AND (EXISTS (
          SELECT 1 FROM attempt a JOIN engagement_event e ON e.attempt_id = a.id
          WHERE a.batch_id = batch.id AND e.kind NOT IN ('account', 'unknown')
            AND e.occurred_at >= COALESCE(a.send_at, 0))
       OR EXISTS (
          SELECT 1
          FROM message m JOIN engagement_event e ON e.message_id = m.message_id
          LEFT JOIN attempt a ON a.id = COALESCE(NULLIF(e.attempt_id, ''), batch.attempt_id)
          WHERE m.batch_id = batch.id AND e.kind NOT IN ('account', 'unknown')
            AND e.occurred_at >= COALESCE(a.send_at, 0)))
RETURNING id
