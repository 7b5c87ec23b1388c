-- What:   when a customer was held out.
-- Grain:  one row per message key.
-- Params: customer
SELECT campaign, step, customer_id, occasion, due_on FROM message
WHERE customer_id = :customer AND batch_id IS NULL AND message_id IS NULL
ORDER BY due_on DESC, campaign, step, occasion
