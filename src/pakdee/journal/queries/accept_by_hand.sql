-- What:   a person has found out that an unclear batch was taken.
-- Params: batch, fence, reason, now
UPDATE batch SET state = 'accepted', reason = :reason, settled_at = :now, since = NULL
WHERE id = :batch AND fence = :fence AND state IN ('unknown', 'unconfirmed')
