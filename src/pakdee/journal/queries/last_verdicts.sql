-- What:   customers per verdict when a campaign was last planned before a day.
-- Grain:  one row per verdict.
-- Params: campaign, before
-- Why:    of several runs on that day the first counts: the others found everyone already sent.
SELECT verdict, customers FROM verdict_count
WHERE campaign = :campaign AND run_id = (
    SELECT r.id FROM run r JOIN verdict_count v ON v.run_id = r.id AND v.campaign = :campaign
    WHERE r.state = 'enqueued' AND r.day < :before AND NOT r.is_test
    ORDER BY r.day DESC, r.finished_at, r.id LIMIT 1)
ORDER BY verdict
