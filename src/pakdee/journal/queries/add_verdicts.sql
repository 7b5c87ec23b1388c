-- What:   adds to a run's customers per campaign and verdict.
-- Grain:  one row per run, campaign and verdict.
-- Params: run, campaign, verdict, customers
-- Why:    adds up, so that a run may report shard by shard.
INSERT INTO verdict_count (run_id, campaign, verdict, customers)
VALUES (:run, :campaign, :verdict, :customers)
ON CONFLICT (run_id, campaign, verdict) DO UPDATE SET customers = verdict_count.customers + excluded.customers
