-- What:  units that ran out, lot by lot.
-- Grain: one row per lot of which something was left on its last day.
-- Params: day (variable); `last_on` and `sessions` are filled in.
-- Why:   lots are used in the order in which they became available, so what is left of one is what lies beyond
--        the place up to which its customer had used units, or lost them, by the end of its last day.
CREATE OR REPLACE TEMP TABLE ran_out AS
WITH taken AS (SELECT lot, customer_id, sum(units) AS units FROM reversals GROUP BY lot, customer_id),
come AS (
    SELECT customer_id, lot, available_on, units FROM earned
    UNION ALL SELECT customer_id, lot, available_on, units FROM given
),
queue AS (
    SELECT x.customer_id, x.lot, {last_on} AS last_on, x.units - coalesce(t.units, 0) AS units,
           sum(x.units - coalesce(t.units, 0)) OVER (
               PARTITION BY x.customer_id ORDER BY x.available_on, x.lot ROWS UNBOUNDED PRECEDING
           ) AS reach
    FROM come AS x
    {sessions}
    LEFT JOIN taken AS t ON t.customer_id = x.customer_id AND t.lot = x.lot
),
spending AS (
    SELECT customer_id, day, sum(sum(units)) OVER (PARTITION BY customer_id ORDER BY day) AS spent
    FROM used
    GROUP BY customer_id, day
),
ends AS (
    SELECT e.customer_id, e.last_on, e.reach, coalesce(s.spent, 0) AS spent
    FROM (
        SELECT customer_id, last_on, max(reach) AS reach
        FROM queue
        WHERE last_on < getvariable('day')
        GROUP BY customer_id, last_on
    ) AS e
    ASOF LEFT JOIN spending AS s ON e.customer_id = s.customer_id AND e.last_on >= s.day
),
reached AS (
    SELECT customer_id, last_on,
           spent + greatest(0, coalesce(max(reach - spent) OVER (
               PARTITION BY customer_id ORDER BY last_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
           ), 0)) AS position
    FROM ends
)
SELECT customer_id, lot, last_on, (reach - greatest(reach - units, position))::BIGINT AS units
FROM queue
JOIN reached USING (customer_id, last_on)
WHERE reach > greatest(reach - units, position);
