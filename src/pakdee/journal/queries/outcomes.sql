-- What:   what became of messages that were sent lately, or since their campaign was last resumed.
-- Grain:  one row per campaign with any outcome; tests left out.
-- Params: since
-- Why:    by the claim, so that bounces of mails sent before it was resumed do not stop it again. An event names
--         its attempt, so no message is looked up: this is asked every few minutes, over a month of mails.
SELECT b.campaign, COUNT(CASE WHEN e.kind <> 'complained' THEN 1 END) AS settled,
       COUNT(CASE WHEN e.kind = 'bounced' THEN 1 END) AS bounced,
       COUNT(CASE WHEN e.kind = 'complained' THEN 1 END) AS complained
FROM attempt a JOIN batch b ON b.id = a.batch_id JOIN engagement_event e ON e.attempt_id = a.id
WHERE a.claimed_at >= :since AND NOT b.is_test
  AND a.claimed_at >= COALESCE((SELECT MAX(s.resumed_at) FROM stop s WHERE s.scope = b.campaign), 0)
  AND e.kind IN ('delivered', 'bounced', 'blocked', 'dropped', 'complained')
GROUP BY b.campaign
ORDER BY b.campaign
