-- What:  where each customer stands in the tiers, now and a week ago.
-- Grain: one row per customer_id of sums.   Params: levels (variable).
-- Why:   levels are amounts from the lowest up, so a rank is how many of them the spend reaches; who returned
--        more than they bought still stands on the lowest. A tier is held by this window's spend or the last's.
CREATE OR REPLACE TEMP TABLE standings AS
SELECT customer_id, spent, spent_before, spent_long_before,
       rank_of(greatest(spent, spent_before)) AS rank,
       rank_of(greatest(spent_week_ago, spent_before_week_ago)) AS rank_week_ago,
       getvariable('levels')[rank_of(greatest(spent, spent_before))] AS starts_at
FROM sums;
