-- What:   makes every waiting event due now.
-- Grain:  one row per event.
-- Params: now (unix seconds).
-- Why:    who asks for all events at once must not be told of things in the future.
UPDATE event SET due_at = MIN(due_at, :now), occurred_at = MIN(occurred_at, :now) WHERE state = 'waiting'
