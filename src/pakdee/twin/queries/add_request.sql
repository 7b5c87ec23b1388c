-- What:   one accepted request with its raw body.
-- Grain:  one row.
-- Params: provider_id, received_at (unix seconds), categories (JSON), body (zstd), body_bytes (unpacked).
-- Why:    written before the answer 202, so that an answer is never forgotten.
INSERT INTO request (provider_id, received_at, categories, body, body_bytes)
VALUES (:provider_id, :received_at, :categories, :body, :body_bytes)
