-- What:   forgets the text of mails that have long had their outcome; its hash stays as proof.
-- Params: before
UPDATE batch SET body = NULL, body_bytes = NULL
WHERE body IS NOT NULL AND settled_at < :before
