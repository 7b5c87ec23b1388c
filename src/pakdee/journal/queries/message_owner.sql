-- What:   whose message this is.
-- Grain:  one row, or none.
-- Params: message
-- Why:    the days' batches are asked one after the other, the newest first: ids are indexed within a batch.
SELECT m.message_id, m.batch_id, m.customer_id, m.campaign, m.address_hash, m.is_test
FROM batch b CROSS JOIN message m
WHERE m.batch_id = b.id AND m.message_id = :message
ORDER BY b.due_on DESC
LIMIT 1
