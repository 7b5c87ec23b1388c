-- What:   what readers answered, in the columns of the ledger's survey_responses; without their words.
-- Grain:  one row per message and question.
-- Params: before (instant, microseconds, left out)
SELECT kind || '-' || message_id AS response_id, campaign AS survey_id, customer_id, kind AS question, score,
       answered_at
FROM answer
WHERE answered_at < :before
ORDER BY answered_at, message_id, kind
