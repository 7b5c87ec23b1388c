-- What:   one event that will be posted, or, in state lost, never is.
-- Grain:  one row per entry of a webhook body; a copy is a row of its own.
-- Params: message, name, occurred_at and due_at (unix seconds), fields (JSON without timestamp), state.
-- Why:    on disk before it is posted, so that a restart loses none.
INSERT INTO event (message_id, name, occurred_at, due_at, fields, state) VALUES (?, ?, ?, ?, ?, ?)
