-- What:  what customers were in the mornings of days: their tier, and the paid plan of the day.
-- Grain: one row per customer of the range and stretch of days in which neither changed.
-- Params: first, last (variables); `tier` is filled in.
-- Why:   a grant's condition is true of some of a customer's days, and none of them changes later. A tier that is
--        reached on a day counts from the next one, a plan from its first day.
(
    WITH changes AS (
        SELECT customer_id, DATE '0001-01-01' AS starts
        FROM part
        WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')
        UNION
        SELECT customer_id, day + 1
        FROM tier_history
        UNION
        SELECT customer_id, unnest([started_on, least(holds_until, DATE '9999-12-30') + 1])
        FROM plan_days
        WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')
    ),
    stretches AS (
        SELECT *, coalesce(lead(starts) OVER (PARTITION BY customer_id ORDER BY starts) - 1,
                           DATE '9999-12-31') AS ends
        FROM changes
    )
    SELECT s.customer_id, starts, ends, {tier} AS tier,
           CASE WHEN p.holds_until >= starts THEN p.plan_id ELSE 'none' END AS plan
    FROM stretches AS s
    ASOF LEFT JOIN tier_history AS h ON s.customer_id = h.customer_id AND s.starts > h.day
    ASOF LEFT JOIN plan_days AS p ON s.customer_id = p.customer_id AND s.starts >= p.started_on
)
