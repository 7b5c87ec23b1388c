-- What:   withdrawals since an instant, with those of unsubscribed addresses whose customer the journal knows.
-- Grain:  one row per customer, instant and source, the oldest first; tests name nobody.
-- Params: since
SELECT customer_id, occurred_at AS at, source FROM consent
WHERE state = 'withdrawn' AND occurred_at >= :since
UNION
SELECT m.customer_id, s.occurred_at AS at, s.source
FROM suppression s JOIN message m ON m.address_hash = s.address_hash AND NOT m.is_test
WHERE s.reason = 'unsubscribed' AND s.occurred_at >= :since
ORDER BY at, customer_id, source
