-- What:  what the candidates' units add to what tiers go by, what reversals take off again, and since when it is known.
-- Grain: one row per entry that counts.   Params: none.
CREATE OR REPLACE TEMP TABLE tier_facts AS
SELECT customer_id, day, known_on, units AS amount, false AS is_loose
FROM tier_entries
JOIN tier_candidates USING (customer_id);
