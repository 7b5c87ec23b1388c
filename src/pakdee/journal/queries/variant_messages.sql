-- What:   messages that SendGrid took, by the variant of their subject.
-- Grain:  one row per campaign, variant and day they were due; campaigns without variants and tests left out.
-- Params: start, end (days, the end left out)
SELECT campaign, variant, due_on, SUM(size) AS messages FROM batch
WHERE due_on >= :start AND due_on < :end AND state = 'accepted' AND variant <> 'only' AND NOT is_test
GROUP BY campaign, variant, due_on
ORDER BY campaign, variant, due_on
