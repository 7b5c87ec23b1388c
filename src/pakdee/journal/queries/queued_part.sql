-- What:   a queued batch for messages taken out of another one, to be sent on their own.
-- Params: child, batch, size, body, body_bytes, body_sha256
-- Why:    the claim's time goes with it: its messages are counted by ceilings already, and were tried before.
--         A microsecond younger with each cut, so that large parts are tried before small ones.
INSERT INTO batch (id, root_id, run_id, campaign, step, variant, locale, purpose, due_on, is_test,
                   size, not_before, not_after, created_at, canary_id, is_canary, claimed_at, state,
                   body, body_bytes, body_sha256)
SELECT :child, root_id, run_id, campaign, step, variant, locale, purpose, due_on, is_test,
       :size, not_before, not_after, created_at + 1, canary_id, is_canary, claimed_at, 'queued',
       :body, :body_bytes, :body_sha256
FROM batch WHERE id = :batch
