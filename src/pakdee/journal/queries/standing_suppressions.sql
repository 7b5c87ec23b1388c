-- What:   all suppressed addresses, with the latest date of each reason.
-- Grain:  one row per address and reason.
-- Params: before (instant, microseconds, left out)
-- Why:    the journal does not know whose an address is today, so every shard gets all.
SELECT address_hash, reason, MAX(occurred_at) AS occurred_at
FROM suppression
WHERE occurred_at < :before AND recorded_at < :before
GROUP BY address_hash, reason
ORDER BY address_hash, reason
