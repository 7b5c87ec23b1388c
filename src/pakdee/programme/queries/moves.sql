-- What:  what moved the balance of savers, day by day, and what their balance may pay for on these days.
-- Grain: one row per saver and day on which something moved it, or something can be bought; in the order of both.
-- Params: day (variable); `before`, the day before which all is told, `dates`, `turns`, the days on which a grant turns to somebody else, and `grants`, columns
--         by number of the grant, are filled in.
-- Why:   `reach` is the end, in the queue of units, of those that have run out; used or not, they lie behind.
WITH days AS (
    FROM (
        SELECT unnest(range((SELECT min(since) FROM savers), getvariable('day'), INTERVAL 1 DAY))::DATE AS day
    )
    WHERE {dates}
),
ends AS (
    SELECT number, last_on + 1 AS day, sum(units) OVER (PARTITION BY number ORDER BY available_on) AS reach
    FROM lots
    JOIN savers USING (customer_id)
    WHERE last_on + 1 < {before}
),
moved AS (
    SELECT number, available_on AS day, units AS came, 0 AS used, 0 AS reach
    FROM lots JOIN savers USING (customer_id)
    WHERE units > 0
    UNION ALL
    SELECT number, greatest(day, available_on), -units, 0, 0 FROM reversals JOIN savers USING (customer_id)
    UNION ALL
    SELECT number, day, 0, units, 0 FROM used JOIN savers USING (customer_id)
    UNION ALL
    SELECT number, day, 0, 0, max(reach) FROM ends GROUP BY number, day
    UNION ALL
    SELECT number, day, 0, 0, 0 FROM savers JOIN days ON day >= since
    {turns}
),
of_day AS (
    SELECT number, day, sum(came)::BIGINT AS came, sum(used)::BIGINT AS used, max(reach)::BIGINT AS reach
    FROM moved
    WHERE day < {before}
    GROUP BY number, day
)
SELECT number, day, came, used, reach, {grants}
FROM of_day
JOIN savers USING (number)
JOIN facts_people USING (customer_id)
ORDER BY number, day
