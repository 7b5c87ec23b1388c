-- What:   whose messages these are.
-- Grain:  one row per known message.
-- Params: messages (a list of message ids)
SELECT message_id, batch_id, customer_id, campaign, address_hash, is_test FROM message WHERE message_id IN :messages
