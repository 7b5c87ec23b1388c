-- What:   the entry of the consent log that stands, for a range of customers.
-- Grain:  one row per customer with an entry.
-- Params: first, last (customer ids, inclusive, sorted by bytes)
-- Why:    the latest by its own date, not by arrival; where two share an instant the withdrawal stands.
SELECT customer_id, state, occurred_at, source
FROM (
    SELECT customer_id, state, occurred_at, source, ROW_NUMBER() OVER (
        PARTITION BY customer_id ORDER BY occurred_at DESC, state DESC, source) AS place
    FROM consent
    WHERE customer_id BETWEEN :first AND :last) AS ranked
WHERE place = 1
ORDER BY customer_id
