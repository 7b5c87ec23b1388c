-- What:  what the shop keeps beside what the programme's rules make of its facts.
-- Grain: compared, one row per customer; reconciled, one row.
-- Params: day, lowest (variables); `kept` and `tier_kept`, null where the shop keeps none, are filled in.
-- Why:   what is used on a day is held against all that there was on that day: on its evening a debt is left of what
--        was used beyond it. A tier that nobody has, because no member, is none by the rules either.
CREATE TEMP VIEW days_of_use AS
SELECT customer_id, available_on AS day, sum(units) AS units,
       coalesce(-sum(units) FILTER (kind IN ('redeem', 'donate')), 0) AS used
FROM entries
SEMI JOIN (SELECT DISTINCT customer_id FROM entries WHERE kind IN ('redeem', 'donate')) USING (customer_id)
WHERE available_on < getvariable('day')
GROUP BY ALL;

CREATE TEMP VIEW debts AS
SELECT customer_id, sum(least(used, greatest(0, -left_over)))::BIGINT AS overdrawn
FROM (SELECT *, sum(units) OVER (PARTITION BY customer_id ORDER BY day) AS left_over FROM days_of_use)
GROUP BY customer_id;

CREATE TEMP TABLE compared AS
WITH balances AS (
    SELECT customer_id, sum(units)::BIGINT AS derived
    FROM entries
    WHERE available_on <= getvariable('day')
    GROUP BY customer_id
),
latest AS (SELECT customer_id, arg_max(tier, day) AS tier FROM tiers GROUP BY customer_id),
both_sides AS (
    SELECT customer_id, kept, CASE WHEN kept IS NOT NULL THEN coalesce(derived, 0) END AS derived, tier_kept,
           CASE WHEN tier_kept IS NOT NULL THEN coalesce(latest.tier, getvariable('lowest')) END AS tier_derived,
           coalesce(overdrawn, 0) AS overdrawn
    FROM (SELECT customer_id, {kept} AS kept, {tier_kept} AS tier_kept FROM part)
    LEFT JOIN balances USING (customer_id)
    LEFT JOIN latest USING (customer_id)
    LEFT JOIN debts USING (customer_id)
)
SELECT *, kept - derived AS difference, tier_kept <> tier_derived AS tier_differs FROM both_sides;

CREATE TEMP VIEW reconciled AS
SELECT count(*) AS customers, sum(kept)::BIGINT AS kept, sum(derived)::BIGINT AS derived,
       count(*) FILTER (difference <> 0) AS balances_differing, count(*) FILTER (tier_differs) AS tiers_differing,
       count(*) FILTER (overdrawn > 0) AS overdrawn_customers, coalesce(sum(overdrawn), 0)::BIGINT AS overdrawn
FROM compared;

CREATE TEMP VIEW differing AS
SELECT customer_id, kept, derived, difference, tier_kept, tier_derived, overdrawn
FROM compared
WHERE difference <> 0 OR tier_differs OR overdrawn > 0
ORDER BY abs(coalesce(difference, 0)) DESC, coalesce(tier_differs, false) DESC, overdrawn DESC, customer_id;
