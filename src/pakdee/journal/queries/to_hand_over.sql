-- What:   whom another channel is to tell, and the held-out who get a grant of the programme all the same.
-- Grain:  one row per customer and occasion of the campaign.
-- Params: campaign, again (also those exported before)
SELECT m.customer_id, m.campaign, m.step, m.occasion, m.due_on, m.message_id IS NULL AS is_held_out,
       o.grant_id, o.code, o.value, o.expires_on, o.starts_on
FROM run r JOIN message m ON m.run_id = r.id AND m.batch_id IS NULL
LEFT JOIN offer o
     ON o.customer_id = m.customer_id AND o.campaign = m.campaign AND o.step = m.step AND o.occasion = m.occasion
WHERE r.state = 'enqueued' AND m.campaign = :campaign AND (m.message_id IS NOT NULL OR o.grant_id IS NOT NULL)
  AND (:again OR NOT EXISTS (
      SELECT 1 FROM handover h
      WHERE h.customer_id = m.customer_id AND h.campaign = m.campaign AND h.step = m.step
        AND h.occasion = m.occasion))
ORDER BY m.due_on, m.customer_id
