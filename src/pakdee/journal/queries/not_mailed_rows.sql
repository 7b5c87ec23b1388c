-- What:   when a customer was held out or told by another channel, and what they got all the same.
-- Grain:  one row per message key.
-- Params: customer
SELECT m.campaign, m.step, m.customer_id, m.occasion, m.due_on, m.message_id IS NULL AS is_held_out,
       o.grant_id, o.code, o.value, o.expires_on, o.starts_on
FROM message m LEFT JOIN offer o
     ON o.customer_id = m.customer_id AND o.campaign = m.campaign AND o.step = m.step AND o.occasion = m.occasion
WHERE m.customer_id = :customer AND m.batch_id IS NULL
ORDER BY m.due_on DESC, m.campaign, m.step, m.occasion
