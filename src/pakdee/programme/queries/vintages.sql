-- What:  what became of units, by the month they were issued in.
-- Grain: vintages, one row per month; members, one row.
-- Params: order_rules (variable: names of the rules that earn by orders).
-- Why:   units are used in the order in which they became available, so all that was used or has run out lies at
--        the head of a customer's queue of lots; what of it did not run out was redeemed. Units taken back were
--        never issued. An order that two rules pay for was sold once.
CREATE TEMP VIEW lots AS
SELECT customer_id, lot, min(available_on) AS available_on,
       date_trunc('month', min(day) FILTER (kind IN ('earn', 'adjust')))::DATE AS month,
       any_value(CASE WHEN list_contains(getvariable('order_rules'), rule) THEN source END) AS order_id,
       sum(units) FILTER (kind IN ('earn', 'adjust')) AS earned,
       coalesce(sum(units) FILTER (kind <> 'expire'), 0) AS units,
       -coalesce(sum(units) FILTER (kind = 'expire'), 0) AS expired
FROM part
WHERE lot IS NOT NULL
GROUP BY customer_id, lot;

CREATE TEMP VIEW spent AS
SELECT customer_id, -sum(units) AS units
FROM part
WHERE lot IS NULL AND units < 0
GROUP BY customer_id;

CREATE TEMP VIEW queued AS
SELECT l.*, coalesce(s.units, 0) + sum(l.expired) OVER whole AS gone, sum(l.units) OVER queue - l.units AS before
FROM lots AS l
LEFT JOIN spent AS s USING (customer_id)
WINDOW whole AS (PARTITION BY l.customer_id),
       queue AS (PARTITION BY l.customer_id ORDER BY l.available_on, l.lot ROWS UNBOUNDED PRECEDING);

CREATE TEMP VIEW sold AS
SELECT l.month, sum(o.net_amount * l.part) AS sales
FROM (
    SELECT order_id, min(month) AS month, greatest(0, sum(units) / sum(earned)) AS part
    FROM lots
    WHERE order_id IS NOT NULL
    GROUP BY order_id
) AS l
JOIN orders AS o USING (order_id)
GROUP BY l.month;

CREATE TEMP VIEW vintages AS
SELECT q.month, sum(q.units)::DECIMAL(38, 4) AS issued,
       sum(greatest(0, least(q.units, greatest(0, q.gone - q.before)) - q.expired))::DECIMAL(38, 4) AS redeemed,
       sum(q.expired)::DECIMAL(38, 4) AS expired, coalesce(any_value(s.sales), 0)::DECIMAL(38, 4) AS sales
FROM queued AS q
LEFT JOIN sold AS s USING (month)
GROUP BY q.month
ORDER BY q.month;

CREATE TEMP VIEW members AS
SELECT count(*) AS members, count(s.customer_id) AS redeeming
FROM (SELECT DISTINCT customer_id FROM lots WHERE earned > 0) AS m
LEFT JOIN (SELECT DISTINCT customer_id FROM part WHERE kind IN ('redeem', 'donate')) AS s USING (customer_id);
