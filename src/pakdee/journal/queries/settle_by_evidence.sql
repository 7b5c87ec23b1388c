-- What:   batches that are proven to have gone out, since an event of theirs arrived, become accepted.
-- Params: now, reason
-- Why:    also one waiting to be sent again: what reached its readers must not be sent twice. A batch being
--         sent is left to its worker. The state is read off the stored events, so their order cannot matter.
UPDATE batch
SET state = 'accepted', reason = :reason, settled_at = :now
WHERE (state IN ('unknown', 'unconfirmed') OR (state = 'queued' AND attempts > 0))
  AND (EXISTS (
          SELECT 1 FROM engagement_event e
          WHERE e.attempt_id = batch.attempt_id AND e.kind NOT IN ('account', 'unknown'))
       OR EXISTS (
          SELECT 1 FROM message m JOIN engagement_event e ON e.message_id = m.message_id
          WHERE m.batch_id = batch.id AND e.kind NOT IN ('account', 'unknown')))
