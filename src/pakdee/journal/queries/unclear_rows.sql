-- What:   batches of which nobody can say whether they went out, for people.
-- Grain:  one row per batch, tests left out.
SELECT id, campaign, due_on, size, state, since, reason, is_restored
FROM batch WHERE state IN ('unknown', 'unconfirmed') AND NOT is_test
ORDER BY since, id
