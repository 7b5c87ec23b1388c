-- What:   the day of the planning run that was finished last, tests left out.
-- Grain:  one row, or none while nothing was planned.
-- Params: none
-- Why:    a person who asks about a day on which nothing ran is told where to look instead.
SELECT day FROM run
WHERE state = 'enqueued' AND NOT is_test
ORDER BY finished_at DESC, id LIMIT 1
