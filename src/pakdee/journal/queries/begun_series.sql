-- What:   first mails of campaigns with steps, lately due, that were not cancelled or refused.
-- Grain:  one row per message key of a range of customers; tests, the held-out and other channels left out.
-- Params: first, last (customer ids, inclusive, sorted by bytes), since (day), step (the first), campaigns (many)
-- Why:    steps go to whoever got the first mail; read only where a campaign has steps.
SELECT m.customer_id, m.campaign, m.occasion, m.due_on
FROM message m JOIN batch b ON b.id = m.batch_id
WHERE m.customer_id BETWEEN :first AND :last AND m.campaign IN :campaigns AND m.step = :step
  AND m.due_on >= :since AND NOT m.is_test AND b.state NOT IN ('cancelled', 'refused')
ORDER BY m.customer_id, m.campaign, m.occasion
