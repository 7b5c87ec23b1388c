-- What:  everyone on the lowest tier, before their first change.
-- Grain: one row per customer of the range.   Params: first, last, lowest (variables).
UNION ALL
SELECT customer_id, DATE '0001-01-01', getvariable('lowest')
FROM part
WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')
