-- What:   whose messages these are, of which nothing but the id is known.
-- Grain:  one row per known message.
-- Params: messages (a list of message ids)
-- Why:    reads all messages once for many ids: only events of a lost journal's requests ask so.
SELECT message_id, batch_id, customer_id, campaign, address_hash, is_test
FROM message WHERE message_id IN :messages
