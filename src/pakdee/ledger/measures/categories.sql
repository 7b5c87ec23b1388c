-- What:  customers who bought in one category or more, and in two or more, in the period.
-- Grain: one row.
-- Params: start, end (days).
-- Why:   only what was paid for and kept counts: gifts and samples cost nothing, and a line that was wholly
--        refunded was not wanted. A line's own category goes before its product's.
WITH refunded_lines AS (
    SELECT order_id, line_no, sum(amount) AS amount
    FROM shop_refunds
    WHERE line_no IS NOT NULL
    GROUP BY order_id, line_no
),
kept AS (
    SELECT o.customer_id, coalesce(l.category, p.category) AS category
    FROM net_orders o
    JOIN shop_order_lines l USING (order_id)
    LEFT JOIN shop_products p ON p.product_id = l.product_id
    LEFT JOIN refunded_lines r ON r.order_id = l.order_id AND r.line_no = l.line_no
    WHERE o.customer_id IS NOT NULL AND o.ordered_on >= $start AND o.ordered_on < $end
      AND l.quantity > 0 AND l.net_amount > 0 AND coalesce(r.amount, 0) < l.net_amount
),
breadth AS (
    SELECT customer_id, count(DISTINCT category) AS categories
    FROM kept
    WHERE category IS NOT NULL
    GROUP BY customer_id
)
SELECT count(*) AS one_or_more, count(*) FILTER (categories >= 2) AS two_or_more
FROM breadth
