-- What:   messages go over to another batch.
-- Params: child, batch, messages (a list)
UPDATE message SET batch_id = :child WHERE batch_id = :batch AND message_id IN :messages
