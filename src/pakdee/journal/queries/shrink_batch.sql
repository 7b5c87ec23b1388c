-- What:   a batch goes on without some of its messages.
-- Params: batch, size, body, body_bytes, body_sha256
UPDATE batch SET size = :size, body = :body, body_bytes = :body_bytes, body_sha256 = :body_sha256
WHERE id = :batch
