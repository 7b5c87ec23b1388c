-- What:  active customers, those of them with a social act in the period, and how many acts.
-- Grain: one row.
-- Params: start_at, end_at (instants), end (day), active_days, acts (list of words), per_day (most that count), zone.
-- Why:   customers are counted, not likes; a cap per customer and day keeps a robot from being a crowd.
WITH active AS (
    SELECT DISTINCT customer_id
    FROM net_orders
    WHERE customer_id IS NOT NULL
      AND ordered_on >= $end::DATE - $active_days::INTEGER AND ordered_on < $end
),
per_day AS (
    SELECT a.customer_id, least(count(*), $per_day) AS acts
    FROM shop_activities a
    SEMI JOIN active USING (customer_id)
    WHERE a.occurred_at >= $start_at AND a.occurred_at < $end_at
      AND list_contains($acts, lower(a.type))
    GROUP BY a.customer_id, (a.occurred_at AT TIME ZONE $zone)::DATE
)
SELECT (SELECT count(*) FROM active) AS active,
       count(DISTINCT customer_id) AS engaged,
       coalesce(sum(acts), 0)::BIGINT AS acts
FROM per_day
