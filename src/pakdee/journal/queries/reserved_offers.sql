-- What:   offers that are promised in a mail, sent or on its way.
-- Grain:  one row per message.
-- Params: grant (an id, or * for all)
-- Why:    an offer whose mail was cancelled or refused was promised to nobody; tests promise nothing.
SELECT m.message_id, m.customer_id, m.campaign, m.due_on, o.grant_id, o.code, o.value, o.expires_on, o.starts_on
FROM offer o JOIN message m
     ON m.customer_id = o.customer_id AND m.campaign = o.campaign AND m.step = o.step AND m.occasion = o.occasion
JOIN batch b ON b.id = m.batch_id
WHERE (o.grant_id = :grant OR :grant = '*') AND b.state NOT IN ('cancelled', 'refused') AND NOT m.is_test
ORDER BY m.due_on, m.message_id
