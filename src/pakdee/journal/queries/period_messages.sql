-- What:   messages that were due in a period by what became of them.
-- Grain:  one row per campaign and state; tests left out.
-- Params: start, end (days, the end left out)
SELECT campaign, state, SUM(size) AS messages FROM batch
WHERE due_on >= :start AND due_on < :end AND NOT is_test
GROUP BY campaign, state
ORDER BY campaign, state
