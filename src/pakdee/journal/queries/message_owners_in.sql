-- What:   whose messages these are, of one batch.
-- Grain:  one row per message of the batch.
-- Params: batch, messages (a list of message ids)
SELECT message_id, batch_id, customer_id, campaign, address_hash, is_test
FROM message WHERE batch_id = :batch AND message_id IN :messages
