-- What:   one accepted request with its raw body.
-- Grain:  one row.
-- Params: provider_id, received_at (unix seconds), attempt (pakdee_attempt or null), batch_id (or null),
--         categories (JSON), body (zlib).
-- Why:    written before the answer 202, so that an answer is never forgotten.
INSERT INTO request (provider_id, received_at, attempt, batch_id, categories, body)
VALUES (:provider_id, :received_at, :attempt, :batch_id, :categories, :body)
