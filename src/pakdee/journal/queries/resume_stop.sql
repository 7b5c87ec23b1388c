-- What:   takes a stop off.
-- Params: scope, because, by, now
UPDATE stop SET resumed_because = :because, resumed_by = :by, resumed_at = :now
WHERE scope = :scope AND resumed_at IS NULL
