-- What:   what readers answered in a period.
-- Grain:  one row per message and question, the oldest first.
-- Params: start, end (instants, the end left out)
SELECT message_id, customer_id, campaign, kind, score, comment, answered_at
FROM answer
WHERE answered_at >= :start AND answered_at < :end
ORDER BY answered_at, message_id, kind
