-- What:   takes back a run's customers who get no mail: held out, or told by another channel.
-- Params: run, campaign (or * for all)
DELETE FROM message
WHERE run_id = :run AND batch_id IS NULL AND (campaign = :campaign OR :campaign = '*')
