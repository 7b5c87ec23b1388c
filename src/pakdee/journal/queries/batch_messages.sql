-- What:   the messages of a batch.
-- Grain:  one row per message.
-- Params: batch
SELECT message_id FROM message WHERE batch_id = :batch ORDER BY message_id
