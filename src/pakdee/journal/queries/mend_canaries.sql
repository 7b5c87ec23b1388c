-- What:   canaries that a clock that ran ahead saw settled count as settled now.
-- Params: now, beyond
-- Why:    else the batches behind them would wait until the clock has caught up.
UPDATE batch SET settled_at = :now
WHERE is_canary AND settled_at > :beyond AND canary_id IN (SELECT c.id FROM canary c WHERE c.passed_at IS NULL)
