-- What:   the planning runs of a business day, tests left out.
-- Grain:  one row per run, in the order they started.
-- Params: day
SELECT id, state, started_at, lease_until, finished_at, campaigns, content_version, snapshot_id, reason
FROM run WHERE day = :day AND NOT is_test ORDER BY started_at, id
