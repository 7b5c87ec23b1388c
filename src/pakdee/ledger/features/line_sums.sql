-- What:  the categories of 365 days, and the dearest product of the last order, of lines that were kept.
-- Grain: refunded_lines, one row per line with a refund of its own; category_sums and last_products, each one row
--        per customer_id with such a line.   Params: day (variable).
-- Why:   a line is kept if it has a quantity and an amount left after its own refunds; gifts, returned lines
--        and discounts written as lines tell nothing of taste. A tie goes to the one bought last, then by name.
CREATE TEMP VIEW refunded_lines AS
SELECT order_id, line_no, sum(amount) AS amount
FROM shop_refunds
WHERE refunded_on < getvariable('day') AND line_no IS NOT NULL
GROUP BY order_id, line_no;

CREATE TEMP TABLE kept_lines AS
WITH wanted AS (
    SELECT o.customer_id, o.order_id, o.ordered_on, o.ordered_at,
           o.ordered_on = s.last_order_on AS is_last_day
    FROM kept_orders(getvariable('day')) AS o
    JOIN order_sums AS s USING (customer_id)
    WHERE o.kept > 0 AND (o.ordered_on >= getvariable('day') - 365 OR o.ordered_on = s.last_order_on)
)
SELECT w.*, l.product_id, l.category, l.net_amount - coalesce(r.amount, 0) AS amount
FROM wanted AS w
JOIN shop_order_lines AS l USING (order_id)
LEFT JOIN refunded_lines AS r ON r.order_id = l.order_id AND r.line_no = l.line_no
WHERE l.quantity > 0 AND l.net_amount > coalesce(r.amount, 0);

CREATE TEMP TABLE category_sums AS
WITH spent AS (
    SELECT customer_id, category, sum(amount) AS amount, max(ordered_on) AS last_on
    FROM kept_lines
    WHERE category IS NOT NULL AND ordered_on >= getvariable('day') - 365
    GROUP BY customer_id, category
)
SELECT customer_id, count(*) AS category_count_365d,
       min((-amount, getvariable('day') - last_on, category))[3] AS top_category
FROM spent
GROUP BY customer_id;

CREATE TEMP TABLE last_products AS
SELECT customer_id, max((ordered_at, order_id, amount, product_id))[4] AS last_product_id
FROM kept_lines
WHERE is_last_day
GROUP BY customer_id;

DROP TABLE kept_lines;
