-- What:   takes back a run's messages.
-- Params: run, campaign (or * for all)
DELETE FROM message WHERE batch_id IN (
    SELECT id FROM batch WHERE run_id = :run AND (campaign = :campaign OR :campaign = '*'))
