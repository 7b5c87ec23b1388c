-- What:   messages of a business day by what became of them.
-- Grain:  one row per campaign, state and reason; tests left out.
-- Params: day
SELECT campaign, state, reason, SUM(size) AS messages, MIN(not_before) AS oldest
FROM batch WHERE due_on = :day AND NOT is_test
GROUP BY campaign, state, reason
ORDER BY campaign, state, reason
