-- What:  what became of units, by the month they were issued in.
-- Grain: vintages, one row per month; members, one row.   Params: none.
-- Why:   units taken back were never issued. An order that two rules pay for was sold once. `fates` and `redeemers`
--        are laid by the query before.
CREATE TEMP VIEW sold AS
SELECT l.month, sum(o.net_amount * l.part) AS sales
FROM (
    SELECT order_id, min(month) AS month, greatest(0, sum(units) / sum(earned)) AS part
    FROM fates
    WHERE order_id IS NOT NULL
    GROUP BY order_id
) AS l
JOIN orders AS o USING (order_id)
GROUP BY l.month;

CREATE TEMP VIEW vintages AS
SELECT f.month, sum(f.units)::DECIMAL(38, 4) AS issued, sum(f.redeemed)::DECIMAL(38, 4) AS redeemed,
       sum(f.expired)::DECIMAL(38, 4) AS expired, coalesce(any_value(s.sales), 0)::DECIMAL(38, 4) AS sales
FROM fates AS f
LEFT JOIN sold AS s USING (month)
GROUP BY f.month
ORDER BY f.month;

CREATE TEMP VIEW members AS
SELECT count(*) AS members, count(s.customer_id) AS redeeming
FROM (SELECT DISTINCT customer_id FROM fates WHERE earned > 0) AS m
LEFT JOIN redeemers AS s USING (customer_id);
