-- What:   withdrawals of consent in a period.
-- Grain:  one row per customer and instant.
-- Params: start, end (instants, the end left out)
-- Why:    every one of them: between two a customer may have agreed again in the shop, which only the ledger knows.
SELECT DISTINCT customer_id, occurred_at AS withdrawn_at
FROM consent
WHERE state = 'withdrawn' AND occurred_at >= :start AND occurred_at < :end
ORDER BY customer_id, withdrawn_at
