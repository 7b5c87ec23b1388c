-- What:  units that were spent, given away or taken, and those that the shop gave.
-- Grain: used, one row per booking, to which grants that the balance pays for are added; added, one per lot.
-- Why:   only the shop knows of these; what earns units by the programme's rules does not stand in its entries.
CREATE OR REPLACE TEMP TABLE used AS
SELECT customer_id, kind, kind AS rule, source, day, -units AS units
FROM facts_entries
WHERE kind IN ('redeem', 'donate', 'adjust') AND units < 0;

CREATE OR REPLACE TEMP VIEW added AS
SELECT customer_id, kind AS rule, source, kind || ':' || source AS lot, day, day AS available_on, happened_at,
       units
FROM facts_entries
WHERE kind = 'adjust' AND units > 0;
