-- What:  whether the shop itself says what was earned.
-- Grain: one row if it does, else none.
SELECT 1
FROM point_entries
WHERE lower(kind) = 'earn' AND units > 0
LIMIT 1;
