-- What:   every message key of a range of customers, mailed and held out alike.
-- Grain:  one row per message key.
-- Params: first, last (customer ids, inclusive, sorted by bytes)
-- Why:    test mails are left out, so that a marketer's preview never silences a customer.
SELECT customer_id, campaign, step, occasion, due_on, counts
FROM message
WHERE customer_id BETWEEN :first AND :last AND NOT is_test
ORDER BY customer_id, campaign, step, occasion
