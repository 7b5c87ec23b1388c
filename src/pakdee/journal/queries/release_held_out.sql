-- What:   takes back a run's held-out customers.
-- Params: run, campaign (or * for all)
DELETE FROM message
WHERE run_id = :run AND batch_id IS NULL AND (campaign = :campaign OR :campaign = '*')
