-- What:   events of messages that were due in a period.
-- Grain:  one row per event.
-- Params: start, end (days, the end left out)
-- Why:    by the day the mail was due, so that a late open counts for its mail; tests are left out.
SELECT b.campaign, b.due_on, m.message_id, e.kind, e.occurred_at, e.is_machine, e.url
FROM batch b JOIN message m ON m.batch_id = b.id JOIN engagement_event e ON e.message_id = m.message_id
WHERE b.due_on >= :start AND b.due_on < :end AND NOT b.is_test
ORDER BY b.due_on, b.campaign, m.message_id, e.occurred_at, e.id
