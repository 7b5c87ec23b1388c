-- What:   one message of a request.
-- Grain:  one row per personalization.
-- Params: request, position from 0, address, subject as it arrives, reference (pakdee_message or null),
--         send_at as asked for (unix seconds or null).
-- Why:    by position, because this runs a thousand times per request.
INSERT INTO message (request_id, position, address, subject, reference, send_at) VALUES (?, ?, ?, ?, ?, ?)
