-- What:   customers per verdict of a business day's runs.
-- Grain:  one row per run, campaign and verdict.
-- Params: day
SELECT v.run_id, v.campaign, v.verdict, v.customers
FROM run r JOIN verdict_count v ON v.run_id = r.id
WHERE r.day = :day AND NOT r.is_test
ORDER BY v.run_id, v.campaign, v.verdict
