-- What:  when the first of the products a customer uses up runs out.
-- Grain: one row per customer_id who bought and kept a product with a cycle.   Params: day (variable).
-- Why:   only products the shop gave a cycle count, so most lines are left out before they meet an order.
CREATE TEMP TABLE cycle_sums AS
WITH used AS (
    SELECT l.order_id, l.product_id, p.cycle_days
    FROM shop_order_lines AS l
    JOIN shop_products AS p USING (product_id)
    WHERE p.cycle_days > 0 AND l.quantity > 0 AND l.net_amount > 0
      AND NOT EXISTS (
          SELECT 1
          FROM refunded_lines AS r
          WHERE r.order_id = l.order_id AND r.line_no = l.line_no AND r.amount >= l.net_amount
      )
),
last_bought AS (
    SELECT o.customer_id, u.product_id, max(o.ordered_on) + max(u.cycle_days) AS runs_out_on
    FROM used AS u
    JOIN kept_orders(getvariable('day')) AS o USING (order_id)
    WHERE o.kept > 0
    GROUP BY o.customer_id, u.product_id
)
SELECT customer_id, min(runs_out_on) AS first_runs_out_on
FROM last_bought
GROUP BY customer_id;
