-- What:   the entry of the consent log that stands, for a range of customers.
-- Grain:  one row per customer with an entry.
-- Params: first, last (customer ids, inclusive, sorted by bytes), before (instant, microseconds, left out)
-- Why:    the latest by its own date, not by arrival; where two share an instant the withdrawal stands.
SELECT customer_id, state, occurred_at, source
FROM (
    SELECT customer_id, state, occurred_at, source, ROW_NUMBER() OVER (
        PARTITION BY customer_id ORDER BY occurred_at DESC, state DESC, source) AS place
    FROM consent
    WHERE customer_id BETWEEN :first AND :last AND occurred_at < :before AND recorded_at < :before) AS ranked
WHERE place = 1
ORDER BY customer_id
