-- What:   batches whose worker died while sending: they may have gone out.
-- Grain:  one row per batch.
-- Params: now, beyond, reason
-- Why:    a lease beyond an hour was given by a clock that ran ahead, and would bind for ever.
UPDATE batch SET state = 'unknown', reason = :reason, since = :now, worker = NULL, lease_until = NULL
WHERE state = 'sending' AND (lease_until < :now OR lease_until > :beyond)
RETURNING id, attempt_id
