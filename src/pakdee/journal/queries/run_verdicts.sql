-- What:   customers per verdict of some runs.
-- Grain:  one row per run, campaign and verdict.
-- Params: runs (many)
SELECT run_id, campaign, verdict, customers FROM verdict_count WHERE run_id IN :runs
ORDER BY run_id, campaign, verdict
