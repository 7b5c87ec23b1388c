-- What:   all workers wait; the latest wish counts.
-- Params: until
UPDATE meta SET paced_until = :until WHERE paced_until < :until
