-- What:   messages of a customer with what became of them and what they promised.
-- Grain:  one row per message; held-out customers have none.
-- Params: customer, campaign (or * for all)
SELECT m.campaign, m.step, m.customer_id, m.occasion, m.message_id, m.batch_id, b.run_id, m.due_on,
       b.variant, b.locale, b.purpose, b.state, b.reason, b.not_before, b.settled_at,
       m.address_hash, m.is_test, o.grant_id, o.code, o.value, o.expires_on, o.starts_on
FROM message m JOIN batch b ON b.id = m.batch_id LEFT JOIN offer o
     ON o.customer_id = m.customer_id AND o.campaign = m.campaign AND o.step = m.step AND o.occasion = m.occasion
WHERE m.customer_id = :customer AND (m.campaign = :campaign OR :campaign = '*')
ORDER BY m.due_on DESC, m.campaign, m.step, m.occasion
