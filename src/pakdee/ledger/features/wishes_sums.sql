-- What:  what customers told the shop they wish for, and where they are at home.
-- Grain: wish_sums and place_sums, one row per customer_id who said so.   Params: day (variable).
-- Why:   who asked for a product and bought it afterwards, or on that day, waits for it no longer; an order that came
--        to nothing leaves the wish open. The mail names three at most: those asked for last.
CREATE TEMP TABLE wish_sums AS
WITH asked AS (
    SELECT customer_id, product_id, max(occurred_on) AS asked_on
    FROM shop_activities
    WHERE lower(type) = 'stock_alert'
      AND occurred_on >= getvariable('day') - 180 AND occurred_on < getvariable('day')
    GROUP BY customer_id, product_id
),
back AS (
    SELECT customer_id, product_id, asked_on, nullif(trim(name), '') AS title
    FROM asked
    JOIN shop_products USING (product_id)
    WHERE is_listed
),
bought AS (
    SELECT b.customer_id, b.product_id
    FROM shop_order_lines AS l
    JOIN kept_orders(getvariable('day')) AS o USING (order_id)
    JOIN back AS b ON b.customer_id = o.customer_id AND b.product_id = l.product_id
    WHERE o.kept > 0 AND l.quantity > 0 AND o.ordered_on >= b.asked_on
)
SELECT customer_id, count(*) AS wishes,
       min((getvariable('day') - asked_on, title, product_id, asked_on), 3) FILTER (title IS NOT NULL) AS latest
FROM back
ANTI JOIN bought USING (customer_id, product_id)
GROUP BY customer_id;

CREATE TEMP TABLE place_sums AS
SELECT customer_id, max((stated_at, trim(value)))[2] AS place
FROM shop_preferences
WHERE lower(trim(key)) = 'place' AND trim(value) <> '' AND stated_at < begins(getvariable('day'))
GROUP BY customer_id;
