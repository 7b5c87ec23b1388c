-- What:   events that no webhook took in time.
-- Grain:  one row per event.
-- Params: before (unix seconds).
-- Why:    SendGrid repeats for 24 hours, then the event is lost.
UPDATE event SET state = 'lost' WHERE state = 'waiting' AND occurred_at < :before AND due_at < :before
