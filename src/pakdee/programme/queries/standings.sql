-- What:  where each customer stands in the tiers, now and a week ago.
-- Grain: one row per customer_id with an order since `spend_from`.   Params: day, levels (variables).
-- Why:   levels are amounts from the lowest up, so a rank is how many of them the spend reaches; who returned
--        more than they bought still stands on the lowest. A tier is held by this window's spend or the last's.
CREATE TEMP MACRO rank_of(spend) AS
greatest(1, len(list_filter(getvariable('levels'), lambda starts_at: starts_at <= spend)));

CREATE TEMP TABLE standings AS
SELECT customer_id, s.now AS spent,
       rank_of(greatest(s.now, s.before)) AS rank,
       coalesce(rank_of(greatest(w.now, w.before)), 1) AS rank_week_ago,
       getvariable('levels')[rank_of(greatest(s.now, s.before))] AS starts_at,
       s.before, s.long_before
FROM spends(getvariable('day')) AS s
LEFT JOIN spends(getvariable('day') - 7) AS w USING (customer_id);
