-- What:   nothing more is expected of an unclear batch; late evidence still makes it accepted.
-- Params: batch, fence, now
UPDATE batch SET state = 'unconfirmed', settled_at = :now
WHERE id = :batch AND fence = :fence AND state = 'unknown'
