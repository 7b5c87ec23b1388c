-- What:  the features of what is left, and of what runs out next.
-- Grain: one row per customer of the range.   Params: day, first, last (variables); `cost` of a reward, `costs`, a join
--        to them, and `kept_by_tier`, customers whose units do not run out as long as they hold their tier, are
--        filled in.
-- Why:   as far as customers have come along the queue of their units, these are used or have run out: what lies
--        beyond is left. Who owes units has less than none. Those whose time is over come first and are
--        all gone, so that only the others are put in order.
CREATE OR REPLACE TEMP VIEW balance_told AS
WITH lasting AS (
    SELECT l.customer_id, l.available_on, l.units,
           CASE WHEN k.customer_id IS NULL OR last_on < getvariable('day') THEN last_on
                ELSE DATE '9999-12-31' END AS last_on
    FROM lots AS l
    LEFT JOIN ({kept_by_tier}) AS k USING (customer_id)
    WHERE available_on <= getvariable('day')
),
come AS (
    SELECT customer_id, sum(units) AS units,
           coalesce(sum(units) FILTER (last_on < getvariable('day') + 30), 0) AS ending,
           coalesce(sum(units) FILTER (last_on < getvariable('day')), 0) AS over
    FROM lasting
    GROUP BY customer_id
),
queue AS (
    SELECT customer_id, last_on, sum(units) OVER (PARTITION BY customer_id ORDER BY available_on) AS reach
    FROM lasting
    WHERE last_on BETWEEN getvariable('day') AND DATE '9999-12-30'
),
next AS (
    SELECT customer_id, min(last_on) AS expire_on
    FROM queue
    JOIN come USING (customer_id)
    LEFT JOIN positions USING (customer_id)
    WHERE over + reach > coalesce(position, 0)
    GROUP BY customer_id
),
told AS (
    SELECT customer_id, coalesce(units, 0) - coalesce(position, 0) AS left_over,
           greatest(0, coalesce(ending, 0) - coalesce(position, 0)) AS ending, expire_on
    FROM (SELECT customer_id FROM part WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
    LEFT JOIN come USING (customer_id)
    LEFT JOIN next USING (customer_id)
    LEFT JOIN positions USING (customer_id)
)
SELECT customer_id, left_over AS points_balance, ending AS points_expiring_30d, expire_on AS points_expire_on,
       expire_on - getvariable('day') AS days_to_next_expiry,
       CASE WHEN {cost} IS NOT NULL THEN greatest(0, {cost} - left_over) END AS units_to_next_reward
FROM told
{costs};
