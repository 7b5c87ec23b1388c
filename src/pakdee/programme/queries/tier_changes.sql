-- What:  tiers as the shop keeps them itself, in the form in which they are worked out elsewhere.
-- Grain: tier_history, one row per customer and day with a change, the last of the day; tier_steps, the same with
--        the day on which the tier was last climbed to; tier_candidates, whose changes they are.
-- Params: day, tier_ids, lowest, first, last (variables).
-- Why:   what the shop says is the truth, whatever its facts would give; a change to a tier that program.yaml does
--        not have says nothing.
CREATE OR REPLACE TEMP TABLE tier_history AS
SELECT customer_id, local_day(changed_at) AS day, list_position(getvariable('tier_ids'), to_tier) AS rank, ends_on,
       coalesce(reason, 'manual') AS reason
FROM shop_tier_changes
WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')
  AND local_day(changed_at) < getvariable('day') AND to_tier IN (SELECT unnest(getvariable('tier_ids')))
QUALIFY row_number() OVER (PARTITION BY customer_id, day ORDER BY changed_at DESC, change_id DESC) = 1;

CREATE OR REPLACE TEMP TABLE tier_candidates AS
SELECT DISTINCT customer_id FROM tier_history;
