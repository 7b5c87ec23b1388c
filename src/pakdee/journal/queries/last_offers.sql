-- What:   when something was last given to each customer by a campaign.
-- Grain:  one row per customer.
-- Params: grant (an id, or * for all), before (a day, left out)
-- Why:    an offer that ran out unused was given all the same; one whose mail was cancelled, refused or bounced
--         was not, and tests give nothing.
SELECT o.customer_id, MAX(m.due_on) AS day
FROM offer o JOIN message m
     ON m.customer_id = o.customer_id AND m.campaign = o.campaign AND m.step = o.step AND m.occasion = o.occasion
LEFT JOIN batch b ON b.id = m.batch_id
JOIN run r ON r.id = COALESCE(b.run_id, m.run_id)
WHERE (o.grant_id = :grant OR :grant = '*') AND m.due_on < :before AND NOT m.is_test AND r.state = 'enqueued'
  AND (o.released IS NULL OR o.released = 'expired') AND (b.id IS NULL OR b.state NOT IN ('cancelled', 'refused'))
GROUP BY o.customer_id
ORDER BY o.customer_id
