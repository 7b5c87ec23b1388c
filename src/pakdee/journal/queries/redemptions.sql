-- What:   offers of mails due in a period, and how many of them were redeemed.
-- Grain:  one row per campaign that brought any.
-- Params: start, end (days, the end left out)
SELECT b.campaign, COUNT(*) AS given, COUNT(o.redeemed_on) AS redeemed
FROM batch b JOIN message m ON m.batch_id = b.id JOIN offer o
     ON o.customer_id = m.customer_id AND o.campaign = m.campaign AND o.step = m.step AND o.occasion = m.occasion
WHERE b.due_on >= :start AND b.due_on < :end AND b.state = 'accepted' AND NOT b.is_test
GROUP BY b.campaign
ORDER BY b.campaign
