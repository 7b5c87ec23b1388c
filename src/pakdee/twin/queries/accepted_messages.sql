-- What:   every accepted message that has a reference, with what decides whether it goes out.
-- Grain:  one row per message.
-- Params: none.
-- Why:    the answer to "did anyone get it twice".
SELECT m.reference, m.send_at, r.received_at, r.batch_id
FROM message AS m JOIN request AS r ON r.id = m.request_id WHERE m.reference IS NOT NULL
