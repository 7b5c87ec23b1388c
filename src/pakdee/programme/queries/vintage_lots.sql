-- What:  what became of each lot of units, from the entries of all accounts.
-- Grain: fates, one row per lot; redeemers, one per customer who used units.
-- Params: order_rules (variable: names of the rules that earn by orders).
-- Why:   units are used in the order in which they became available, so all that was used or has run out lies at
--        the head of a customer's queue of lots; what of it did not run out was redeemed.
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

CREATE TEMP VIEW fates AS
SELECT customer_id, month, order_id, earned, units, expired,
       greatest(0, least(units, greatest(0, gone - before)) - expired) AS redeemed
FROM queued;

CREATE TEMP VIEW redeemers AS
SELECT DISTINCT customer_id
FROM part
WHERE kind IN ('redeem', 'donate');
