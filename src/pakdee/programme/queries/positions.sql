-- What:  how far along the queue of their units customers have come: used or run out.
-- Grain: one row per customer who used units or had some that ran out.   Params: day (variable).
-- Why:   units are used in the order in which they became available, and what runs out later became available
--        later. So one number tells it: what was used, and on top of it the most by which, when units ran out,
--        their end lay beyond what had been used by then.
CREATE OR REPLACE TEMP TABLE positions AS
WITH spending AS (
    SELECT customer_id, day, sum(sum(units)) OVER (PARTITION BY customer_id ORDER BY day) AS spent
    FROM used
    GROUP BY customer_id, day
),
spenders AS (SELECT customer_id, max(day) AS last_day, sum(units) AS spent FROM used GROUP BY customer_id),
beyond AS (
    SELECT e.customer_id, max(e.reach - coalesce(s.spent, 0)) AS units
    FROM (
        SELECT customer_id, last_on,
               sum(units) OVER (PARTITION BY customer_id ORDER BY available_on) AS reach
        FROM lots
        SEMI JOIN spenders USING (customer_id)
        WHERE last_on < getvariable('day')
    ) AS e
    ASOF LEFT JOIN spending AS s ON e.customer_id = s.customer_id AND e.last_on >= s.day
    GROUP BY e.customer_id
)
SELECT customer_id, (p.spent + greatest(0, coalesce(b.units, 0)))::BIGINT AS position
FROM spenders AS p
LEFT JOIN beyond AS b USING (customer_id)
UNION ALL
SELECT customer_id, sum(units)::BIGINT AS position
FROM lots
ANTI JOIN spenders USING (customer_id)
WHERE last_on < getvariable('day')
GROUP BY customer_id;
