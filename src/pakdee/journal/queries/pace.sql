-- What:   all workers wait; the latest wish counts.
-- Params: until, beyond
-- Why:    a wish beyond an hour was written by a clock that ran ahead.
UPDATE meta SET paced_until = :until WHERE paced_until < :until OR paced_until > :beyond
