-- What:  what there is to choose from: goods on sale, the best of each category, and what each customer had.
-- Grain: goods, one row per product; best_goods, per category; goods_had, per customer_id and product of two years.
-- Params: day (variable).
-- Why:   sums of a fixed size can leave memory, and all customers at once would need to; so the choice itself is
--        made range by range. Products are numbered, since a number is a quarter of an id.
CREATE TEMP TABLE goods_listed AS
SELECT row_number() OVER (ORDER BY product_id)::INTEGER AS number, product_id, trim(name) AS title, category
FROM shop_products
WHERE coalesce(is_listed, true) AND trim(name) <> '' AND trim(category) <> '';

CREATE TEMP TABLE goods_sold AS
WITH wanted AS (
    SELECT order_id, customer_id, ordered_on, kept
    FROM kept_orders(getvariable('day'))
    WHERE ordered_on >= getvariable('day') - 730
)
SELECT w.customer_id, g.number, w.ordered_on, l.quantity,
       w.kept > 0 AND l.net_amount > coalesce(r.amount, 0) AS is_kept,
       coalesce(l.unit_list_price, l.net_amount / l.quantity)::DECIMAL(18, 4) AS price
FROM shop_order_lines AS l
JOIN goods_listed AS g USING (product_id)
JOIN wanted AS w USING (order_id)
LEFT JOIN refunded_lines AS r ON r.order_id = l.order_id AND r.line_no = l.line_no
WHERE l.quantity > 0;

CREATE TEMP TABLE goods AS
WITH sales AS (
    SELECT number, max((ordered_on, price))[2] AS price,
           count(*) FILTER (ordered_on >= getvariable('day') - 365) AS times
    FROM goods_sold
    WHERE is_kept
    GROUP BY number
)
SELECT *, row_number() OVER (PARTITION BY category ORDER BY times DESC, number) AS place
FROM goods_listed
JOIN sales USING (number)
WHERE price > 0;

CREATE TEMP TABLE best_goods AS
SELECT category, list(number ORDER BY place) AS numbers
FROM goods
WHERE place <= 50
GROUP BY category;

CREATE TEMP TABLE goods_had AS
SELECT customer_id, number, coalesce(sum(quantity) FILTER (is_kept), 0)::FLOAT AS pieces,
       max(ordered_on) AS last_on, bool_or(NOT is_kept) AS came_back
FROM goods_sold
GROUP BY customer_id, number;

DROP TABLE goods_sold;
