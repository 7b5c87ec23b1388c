-- What:   events of messages whose subject has variants, due on one day.
-- Grain:  one row per event; tests left out.
-- Params: day
-- Why:    by day, so that a large campaign's events are never in memory all at once.
SELECT b.campaign, b.variant, m.message_id, e.kind, e.occurred_at, e.is_machine, e.url
FROM batch b JOIN message m ON m.batch_id = b.id JOIN engagement_event e ON e.message_id = m.message_id
WHERE b.due_on = :day AND b.variant <> 'only' AND NOT b.is_test
ORDER BY b.campaign, b.variant, m.message_id, e.occurred_at, e.id
