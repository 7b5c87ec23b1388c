-- What:  what customers earned and had to give back by the shop's own entries.
-- Grain: earned and reversals, one row per entry.
-- Why:   where the shop keeps the points, nothing is worked out beside it.
CREATE OR REPLACE TEMP VIEW earned AS
SELECT customer_id, coalesce(rule_id, kind) AS rule, source, coalesce(lot_id, source) AS lot, day, available_on,
       happened_at, units
FROM facts_entries
WHERE kind = 'earn' AND units > 0;

CREATE OR REPLACE TEMP VIEW reversals AS
SELECT customer_id, coalesce(rule_id, kind) AS rule, source, lot_id AS lot, day AS earned_on, available_on, day,
       -units AS units
FROM facts_entries
WHERE kind = 'reverse' AND units < 0;
