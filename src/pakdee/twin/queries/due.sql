-- What:   events to be posted now.
-- Grain:  one row per event, in the order they fell due, which is not the order in which they happened.
-- Params: now (unix seconds), limit.
-- Why:    SendGrid promises no order either.
SELECT id, occurred_at, fields FROM event
WHERE state = 'waiting' AND due_at <= :now ORDER BY due_at, id LIMIT :limit
