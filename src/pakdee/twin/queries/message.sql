-- What:   where one message stands.
-- Grain:  one row.
-- Params: id.
-- Why:    its text is made from the request's body.
SELECT m.id, m.request_id, m.position, m.reference, m.send_at, r.provider_id, r.received_at, r.batch_id
FROM message AS m JOIN request AS r ON r.id = m.request_id WHERE m.id = :id
