-- What:  what moved the balance of customers who ever had enough to pay for a grant, day by day.
-- Grain: one row per customer and day on which something moved it, or something can be bought.
-- Params: day (variable); `cheapest`, `dates` and `told` are filled in.
CREATE OR REPLACE TEMP TABLE moves AS
WITH came AS (
    SELECT customer_id, available_on AS day, units FROM earned
    UNION ALL SELECT customer_id, available_on AS day, units FROM given
),
savers AS (SELECT customer_id, min(day) AS since FROM came GROUP BY customer_id HAVING sum(units) >= {cheapest}),
days AS (
    SELECT unnest(range((SELECT min(since) FROM savers), getvariable('day'), INTERVAL 1 DAY))::DATE AS day
),
ends AS (
    SELECT customer_id, last_on + 1 AS day,
           sum(units) OVER (PARTITION BY customer_id ORDER BY available_on) AS reach
    FROM lots
    WHERE last_on < DATE '9999-12-31'
),
moved AS (
    SELECT customer_id, day, units AS gained, 0 AS lost, 0 AS used, 0 AS reach FROM came
    UNION ALL SELECT customer_id, greatest(day, available_on), 0, units, 0, 0 FROM reversals
    UNION ALL SELECT customer_id, day, 0, 0, units, 0 FROM used
    UNION ALL SELECT customer_id, day, 0, 0, 0, reach FROM ends
    UNION ALL SELECT customer_id, day, 0, 0, 0, 0 FROM savers JOIN days ON day >= since WHERE {dates}
),
of_day AS (
    SELECT customer_id, day, sum(gained) AS gained, sum(lost) AS lost, sum(used) AS used, max(reach) AS reach
    FROM moved
    SEMI JOIN savers USING (customer_id)
    WHERE day < getvariable('day')
    GROUP BY customer_id, day
)
SELECT m.*, has_contact AND {told} AS may
FROM of_day AS m
JOIN facts_people AS p USING (customer_id);
