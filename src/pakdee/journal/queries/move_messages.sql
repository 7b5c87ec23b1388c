-- What:   messages go over to another batch.
-- Params: child, messages (a list)
UPDATE message SET batch_id = :child WHERE message_id IN :messages
