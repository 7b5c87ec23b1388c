-- What:  the tier features.
-- Grain: one row per customer.   Params: day, lifetime, levels, tier_ids (variables).
-- Why:   who never bought stands on the lowest tier. The way up is measured by this window's spend alone,
--        since only that can reach the next tier; a tier kept from last year may therefore start at 0.
CREATE OR REPLACE TEMP VIEW tiers AS
WITH placed AS (
    SELECT part.customer_id, coalesce(spent, 0) AS spent, coalesce(rank, 1) AS rank,
           coalesce(rank_week_ago, 1) AS rank_week_ago, getvariable('levels')[coalesce(rank, 1)] AS starts_at,
           getvariable('levels')[coalesce(rank, 1) + 1] AS next_at, reached_on
    FROM (FROM part WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) AS part
    LEFT JOIN standings USING (customer_id)
    LEFT JOIN crossings USING (customer_id)
)
SELECT customer_id,
       getvariable('tier_ids')[rank] AS tier,
       getvariable('tier_ids')[rank + 1] AS next_tier,
       CASE WHEN next_at IS NULL THEN 1
            ELSE greatest(0, least(1, (spent - starts_at) / (next_at - starts_at))) END AS tier_progress,
       next_at - spent AS to_next_tier,
       CASE WHEN rank > rank_week_ago THEN 'up' WHEN rank < rank_week_ago THEN 'down' ELSE 'none' END
           AS tier_moved_7d,
       CASE WHEN reached_on >= getvariable('day') - 365 THEN getvariable('day') - reached_on END
           AS days_since_tier_change,
       CASE WHEN rank > 1 AND NOT getvariable('lifetime')
            THEN make_date((year(getvariable('day')) + (spent >= starts_at)::INTEGER)::INTEGER, 12, 31)
                 - getvariable('day') END AS days_to_tier_end,
       CASE WHEN rank > 1 THEN greatest(0, starts_at - spent) ELSE 0 END AS to_keep_tier
FROM placed;
