-- What:   the story of one message.
-- Grain:  one row per event, copies included, in the order they happened.
-- Params: message_id.
-- Why:    shown on the message's page.
SELECT name, occurred_at, due_at, state, fields FROM event WHERE message_id = :message_id
ORDER BY occurred_at, id
