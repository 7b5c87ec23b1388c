-- What:   customers held out on a business day.
-- Grain:  one row per campaign.
-- Params: day, step (the first; steps hold nobody out, but some are called off)
SELECT m.campaign, COUNT(*) AS customers
FROM run r JOIN message m ON m.run_id = r.id AND m.batch_id IS NULL AND m.message_id IS NULL
WHERE r.day = :day AND m.step = :step
GROUP BY m.campaign
ORDER BY m.campaign
