-- What:   stored metrics of a period.
-- Grain:  one row per day, metric and scope.
-- Params: start, end (days, the end left out)
SELECT day, metric, scope, value, unit, k, n, low, high, why_not, definition, currency
FROM metric WHERE day >= :start AND day < :end
ORDER BY day, metric, scope
