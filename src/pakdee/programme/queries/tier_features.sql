-- What:  the tier features.
-- Grain: one row per customer.
-- Params: day, lowest, levels, keep_levels, next_ranks, tier_ids, tiers_end, kept_by_shop (variables); `members`,
--         `is_member`, `missing` and `window_end`, where all begins anew at once, are filled in.
-- Why:   who never bought stands on the lowest tier. The way up is measured by this window alone, since only that
--        can reach the next tier; a tier kept from an earlier term may therefore start at 0. A term for which enough
--        was done already is told with the one that will follow it. Who is no member has nothing that counts, and
--        nothing is missing where the shop left somebody below a tier that was reached.
CREATE OR REPLACE TEMP VIEW tiers AS
WITH standing AS (
    SELECT part.customer_id, {is_member} AS is_member, coalesce(s.total, t.total, 0) AS total,
           coalesce(s.rank, getvariable('lowest')) AS rank,
           coalesce(s.rank_week_ago, getvariable('lowest')) AS rank_week_ago, since,
           CASE WHEN getvariable('tiers_end') THEN ends_on END AS ends_on, total_to_keep
    FROM (FROM part WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) AS part
    {members}
    LEFT JOIN tier_sums AS t ON t.customer_id = part.customer_id AND {is_member}
    LEFT JOIN tier_standings AS s ON s.customer_id = part.customer_id AND {is_member}
),
placed AS (
    SELECT *, getvariable('levels')[rank] AS starts_at, getvariable('next_ranks')[rank] AS next_rank,
           getvariable('levels')[getvariable('next_ranks')[rank]] AS next_at,
           CASE WHEN ends_on IS NOT NULL AND is_in_last_window(getvariable('day'), ends_on)
                THEN greatest(0, getvariable('keep_levels')[rank] - total_to_keep) END AS to_keep
    FROM standing
)
SELECT customer_id,
       CASE WHEN is_member THEN getvariable('tier_ids')[rank] END AS tier,
       CASE WHEN is_member THEN getvariable('tier_ids')[next_rank] END AS next_tier,
       CASE WHEN next_at IS NULL THEN 1
            ELSE greatest(0, least(1, (total - starts_at) / (next_at - starts_at))) END AS tier_progress,
       CASE WHEN is_member AND next_at IS NOT NULL THEN {missing}(greatest(0, next_at - total)) END AS to_next_tier,
       CASE WHEN rank > rank_week_ago THEN 'up' WHEN rank < rank_week_ago THEN 'down' ELSE 'none' END
           AS tier_moved_7d,
       CASE WHEN since >= getvariable('day') - 365 THEN getvariable('day') - since END AS days_since_tier_change,
       decided_on(CASE WHEN to_keep = 0 AND NOT getvariable('kept_by_shop') THEN term_end(ends_on) ELSE ends_on END)
           - getvariable('day') AS days_to_tier_end,
       CASE WHEN is_member THEN {window_end} - getvariable('day') END AS days_to_tier_window_end,
       {missing}(coalesce(to_keep, 0)) AS to_keep_tier
FROM placed;
