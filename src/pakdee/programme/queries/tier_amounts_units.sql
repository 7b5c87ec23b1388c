-- What:  what each entry of units adds to what tiers go by, on the day on which its units were earned.
-- Grain: one row per entry that counts.   Params: `rules` and `kinds` are filled in.
CREATE OR REPLACE TEMP VIEW tier_entries AS
SELECT customer_id, day, day AS known_on, units
FROM entries
WHERE kind = 'earn' AND rule IN ({rules})
UNION ALL
SELECT customer_id, earned.day, back.day AS known_on, back.units
FROM entries AS back
JOIN (SELECT customer_id, lot, day FROM entries WHERE kind = 'earn') AS earned USING (customer_id, lot)
WHERE back.kind IN ({kinds}) AND rule IN ({rules});

CREATE OR REPLACE TEMP VIEW tier_amounts AS
SELECT customer_id, day, greatest(units, 0) AS bought, units AS kept
FROM tier_entries;
