-- What:   cancelled requests whose time is over: the provider may forget the cancellation.
-- Grain:  one row per attempt, the oldest first.
-- Params: now
SELECT id, provider_batch_id, send_at FROM attempt
WHERE cancelled_at IS NOT NULL AND released_at IS NULL AND send_at < :now
ORDER BY send_at, id
