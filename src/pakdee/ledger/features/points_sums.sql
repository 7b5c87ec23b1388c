-- What:  what is left of each customer's points, and what of it runs out.
-- Grain: one row per customer_id with points that could be used by then.   Params: day (variable).
-- Why:   points are used in the order in which they run out. `until` counts them along that order, so a lot is
--        left as far as it reaches beyond what is gone: all that was spent, and what had run out before that
--        could take it. The shop's own entries of kind "expire" are not read, since that is worked out here.
CREATE TEMP TABLE points_sums AS
WITH entries AS (
    SELECT customer_id, units, lower(kind) AS kind, occurred_on, expires_on,
           coalesce(available_on, occurred_on) AS available_on
    FROM shop_point_entries
    WHERE occurred_on < getvariable('day')
),
lots AS (
    SELECT customer_id, expires_on, sum(units) AS units,
           sum(sum(units)) OVER (PARTITION BY customer_id ORDER BY expires_on NULLS LAST) AS until
    FROM entries
    WHERE units > 0 AND available_on <= getvariable('day')
    GROUP BY customer_id, expires_on
),
spent AS (
    SELECT customer_id, occurred_on, -sum(units) AS units,
           sum(-sum(units)) OVER (PARTITION BY customer_id ORDER BY occurred_on) AS until
    FROM entries
    WHERE units < 0 AND kind <> 'expire'
    GROUP BY customer_id, occurred_on
),
lost AS (
    SELECT l.customer_id, max(l.until - coalesce(s.until, 0)) AS units
    FROM (FROM lots WHERE expires_on < getvariable('day')) AS l
    ASOF LEFT JOIN spent AS s ON s.customer_id = l.customer_id AND s.occurred_on <= l.expires_on
    GROUP BY l.customer_id
),
gone AS (
    SELECT customer_id, coalesce(spent.units, 0) + greatest(coalesce(lost.units, 0), 0) AS units
    FROM (SELECT customer_id, sum(units) AS units FROM spent GROUP BY customer_id) AS spent
    FULL JOIN lost USING (customer_id)
)
SELECT l.customer_id,
       floor(greatest(max(l.until) - any_value(coalesce(g.units, 0)), 0)) AS points_balance,
       floor(greatest(
           coalesce(max(l.until) FILTER (l.expires_on < getvariable('day') + 30), 0)
           - any_value(coalesce(g.units, 0)), 0
       )) AS points_expiring_30d,
       min(l.expires_on) FILTER (
           l.expires_on >= getvariable('day') AND l.until > coalesce(g.units, 0)
       ) AS points_expire_on
FROM lots AS l
LEFT JOIN gone AS g USING (customer_id)
GROUP BY l.customer_id;
