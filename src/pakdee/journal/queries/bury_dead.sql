-- What:   batches whose worker died while sending: they may have gone out.
-- Params: now, reason
UPDATE batch SET state = 'unknown', reason = :reason, worker = NULL, lease_until = NULL
WHERE state = 'sending' AND lease_until < :now
