-- What:  what was earned, and what refunds took back.
-- Grain: one row per rule and fact that earned, and one per rule, order and day of refunds.
-- Why:   tiers that go by units read these, before anything is known of what was used or ran out.
CREATE OR REPLACE TEMP VIEW entries AS
SELECT customer_id, 'earn' AS kind, rule, source, lot, day, available_on, units
FROM earned
UNION ALL
SELECT customer_id, 'reverse' AS kind, rule, source, lot, day, greatest(day, available_on) AS available_on, -units
FROM reversals;
