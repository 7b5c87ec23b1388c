-- What:   a campaign's batches of a finished run, and of the runs it adopted, in the order they will be sent.
-- Grain:  one row per batch.
-- Params: run, campaign, reason (of adopted runs)
SELECT b.id, b.size FROM batch b JOIN run r ON r.id = b.run_id
WHERE (r.id = :run OR r.reason = :reason) AND b.campaign = :campaign AND b.state = 'queued'
ORDER BY b.not_before, b.created_at, b.id
