-- What:   customers who withdrew their consent in a period.
-- Grain:  one row per customer, with the first time in it.
-- Params: start, end (instants, the end left out)
SELECT customer_id, MIN(occurred_at) AS withdrawn_at
FROM consent
WHERE state = 'withdrawn' AND occurred_at >= :start AND occurred_at < :end
GROUP BY customer_id
ORDER BY customer_id
