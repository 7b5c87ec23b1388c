-- What:   finished planning runs up to a day, the newest day first.
-- Grain:  one row per run; tests left out.
-- Params: until, most
-- Why:    of several runs on one day the first counts: the others found everyone already sent.
SELECT id, day, campaigns FROM run
WHERE state = 'enqueued' AND NOT is_test AND day <= :until
ORDER BY day DESC, finished_at, id LIMIT :most
