-- What:   when our mails last asked each customer a question.
-- Grain:  one row per customer.
-- Params: before (instant, microseconds, left out)
-- Why:    a mail of purpose survey asks whether it is answered or not; only one that the provider took has asked. One
--         that was taken in hand by a journal that was lost asked when it was found out.
SELECT m.customer_id, max(coalesce(b.claimed_at, b.settled_at)) AS asked_at
FROM batch b JOIN message m ON m.batch_id = b.id
WHERE b.purpose = 'survey' AND NOT b.is_test AND b.state = 'accepted' AND b.settled_at < :before
GROUP BY m.customer_id
ORDER BY m.customer_id
