-- What:   who was to be mailed in a period, and who was held out; a series counts from its first mail.
-- Grain:  one row per message planned or held back; tests left out.
-- Params: start, end (days, the end left out), campaigns (many), step (the first)
-- Why:    by batches and by runs, which have an index by day; messages have none.
SELECT m.campaign, m.customer_id, m.due_on, FALSE AS is_held_out
FROM batch b JOIN message m ON m.batch_id = b.id
WHERE b.due_on >= :start AND b.due_on < :end AND NOT b.is_test AND b.campaign IN :campaigns
  AND b.step = :step
UNION ALL
SELECT m.campaign, m.customer_id, m.due_on, TRUE AS is_held_out
FROM run r JOIN message m ON m.run_id = r.id AND m.batch_id IS NULL AND m.message_id IS NULL
WHERE r.day >= :start AND r.day < :end AND NOT r.is_test AND m.campaign IN :campaigns
  AND m.step = :step
