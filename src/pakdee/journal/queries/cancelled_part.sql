-- What:   a cancelled batch for messages taken out of another one.
-- Params: child, batch, size, reason, now
INSERT INTO batch (id, root_id, run_id, campaign, step, variant, locale, purpose, due_on, is_test,
                   size, not_before, not_after, created_at, canary_id, is_canary, state, reason, settled_at)
SELECT :child, root_id, run_id, campaign, step, variant, locale, purpose, due_on, is_test,
       :size, not_before, not_after, created_at, canary_id, is_canary, 'cancelled', :reason, :now
FROM batch WHERE id = :batch
