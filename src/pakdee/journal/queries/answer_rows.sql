-- What:   what a customer answered.
-- Grain:  one row per message and question, latest first.
-- Params: customer
SELECT message_id, customer_id, campaign, kind, score, comment, answered_at
FROM answer
WHERE customer_id = :customer
ORDER BY answered_at DESC, message_id, kind
