-- What:   units that campaigns put into members' accounts.
-- Grain:  one row per offer of units, by the business day it was given.
-- Params: before (a day, left out)
-- Why:    of mails that were sent, or wait to be, and of those held out or told by another channel.
SELECT o.customer_id, o.grant_id, m.due_on AS day, o.units,
       COALESCE(m.message_id, o.campaign || '/' || o.step || '/' || o.customer_id || '/' || o.occasion) AS source
FROM offer o JOIN message m
     ON m.customer_id = o.customer_id AND m.campaign = o.campaign AND m.step = o.step AND m.occasion = o.occasion
LEFT JOIN batch b ON b.id = m.batch_id
JOIN run r ON r.id = COALESCE(b.run_id, m.run_id)
WHERE o.units IS NOT NULL AND m.due_on < :before AND NOT m.is_test AND r.state = 'enqueued'
  AND (b.id IS NULL OR b.state NOT IN ('cancelled', 'refused'))
ORDER BY m.due_on, o.customer_id, o.grant_id
