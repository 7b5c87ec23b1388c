-- What:   messages go over to another batch and take no place in caps any more.
-- Params: child, messages (a list)
UPDATE message SET batch_id = :child, counts = FALSE WHERE message_id IN :messages
