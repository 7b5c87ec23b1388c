-- What:  what the candidates' activities add to what tiers go by.
-- Grain: one row per activity of the type.   Params: none.
CREATE OR REPLACE TEMP TABLE tier_facts AS
SELECT customer_id, day, day AS known_on, kept AS amount, false AS is_loose
FROM tier_amounts
JOIN tier_candidates USING (customer_id);
