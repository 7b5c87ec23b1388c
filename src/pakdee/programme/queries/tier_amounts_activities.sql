-- What:  what each activity adds to what tiers go by: its amount, or 1 where it has none.
-- Grain: one row per activity of the type.   Params: `activity` is filled in.
CREATE OR REPLACE TEMP VIEW tier_amounts AS
SELECT customer_id, day, greatest(coalesce(amount, 1), 0) AS bought, coalesce(amount, 1) AS kept
FROM facts_activities
WHERE type = {activity};
