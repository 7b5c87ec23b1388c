-- What:   message keys of a run whose customers get no mail.
-- Grain:  one row per message key.
-- Params: run
SELECT campaign, step, customer_id, occasion FROM message WHERE run_id = :run AND batch_id IS NULL
