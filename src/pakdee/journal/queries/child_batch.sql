-- What:   a cancelled batch for messages taken out of another one.
-- Params: child, batch, size, reason, now
INSERT INTO batch (id, run_id, parent_id, campaign, step, variant, locale, purpose, due_on, is_test,
                   size, not_before, not_after, created_at, state, reason, settled_at)
SELECT :child, run_id, id, campaign, step, variant, locale, purpose, due_on, is_test,
       :size, not_before, not_after, :now, 'cancelled', :reason, :now
FROM batch WHERE id = :batch
