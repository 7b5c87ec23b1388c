-- What:   all suppressed addresses, with the latest date of each reason.
-- Grain:  one row per address and reason.
-- Why:    the journal does not know whose an address is today, so every shard gets all.
SELECT address_hash, reason, MAX(occurred_at) AS occurred_at
FROM suppression
GROUP BY address_hash, reason
ORDER BY address_hash, reason
