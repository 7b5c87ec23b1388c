-- What:   how many marketing mails reached each customer.
-- Grain:  one row per customer.
-- Params: start, end (days the mails were due, the end left out), before (instant, microseconds, left out)
-- Why:    whatever a reader did with a mail proves that it came, as in the figures; events arrive in any order.
--         They are sought as for human_clicks: by attempt, else by message.
WITH unnamed AS MATERIALIZED (
    SELECT message_id
    FROM engagement_event
    WHERE attempt_id = '' AND kind IN ('delivered', 'opened', 'clicked', 'complained', 'unsubscribed')
      AND occurred_at < :before AND recorded_at < :before
)
SELECT customer_id, count(DISTINCT message_id) AS messages
FROM (
    SELECT m.customer_id, m.message_id
    FROM batch b
    JOIN attempt t ON t.batch_id = b.id
    JOIN engagement_event e ON e.attempt_id = t.id
        AND e.kind IN ('delivered', 'opened', 'clicked', 'complained', 'unsubscribed')
    JOIN batch f ON f.root_id = b.root_id
    JOIN message m ON m.batch_id = f.id AND m.message_id = e.message_id
    WHERE b.due_on >= :start AND b.due_on < :end AND b.purpose = 'marketing' AND NOT b.is_test
      AND e.occurred_at < :before AND e.recorded_at < :before
    UNION ALL
    SELECT m.customer_id, m.message_id
    FROM (SELECT 1 WHERE EXISTS (SELECT 1 FROM unnamed)) AS any_at_all
    CROSS JOIN batch b CROSS JOIN message m CROSS JOIN unnamed e
    WHERE m.batch_id = b.id AND e.message_id = m.message_id
      AND b.due_on >= :start AND b.due_on < :end AND b.purpose = 'marketing' AND NOT b.is_test
    UNION ALL
    SELECT m.customer_id, m.message_id
    FROM batch b CROSS JOIN message m CROSS JOIN engagement_event e
    WHERE m.batch_id = b.id AND e.message_id = m.message_id
      AND e.kind IN ('delivered', 'opened', 'clicked', 'complained', 'unsubscribed')
      AND b.is_restored AND b.due_on >= :start AND b.due_on < :end AND b.purpose = 'marketing' AND NOT b.is_test
      AND e.occurred_at < :before AND e.recorded_at < :before
) AS arrived
GROUP BY customer_id
ORDER BY customer_id
