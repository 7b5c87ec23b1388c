-- What:   what readers answered, in the columns of the ledger's survey_responses; without their words.
-- Grain:  one row per message and question.
-- Params: before (instant, microseconds, left out)
-- Why:    a mail asks when it is sent. Messages are sought by whose they are, since their ids have no index of their own.
SELECT a.kind || '-' || a.message_id AS response_id, a.campaign AS survey_id, a.customer_id, a.kind AS question,
       a.score, CASE WHEN b.claimed_at <= a.answered_at THEN b.claimed_at END AS asked_at, a.answered_at
FROM answer a
LEFT JOIN message m
    ON m.customer_id = a.customer_id AND m.campaign = a.campaign AND m.message_id = a.message_id
LEFT JOIN batch b ON b.id = m.batch_id
WHERE a.answered_at < :before
ORDER BY a.answered_at, a.message_id, a.kind
