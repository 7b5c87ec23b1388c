-- What:   takes back a run's batches.
-- Params: run, campaign (or * for all)
DELETE FROM batch WHERE run_id = :run AND (campaign = :campaign OR :campaign = '*')
