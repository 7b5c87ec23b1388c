-- What:   what a customer did with mails, tests left out.
-- Grain:  one row per event, latest first.
-- Params: customer
SELECT e.message_id, e.kind, e.occurred_at, e.is_machine, e.reason
FROM message m JOIN engagement_event e ON e.message_id = m.message_id
WHERE m.customer_id = :customer AND NOT m.is_test
ORDER BY e.occurred_at DESC, e.message_id, e.id
