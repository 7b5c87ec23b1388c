-- What:  what customers did besides buying, and which of their goods they have said nothing of.
-- Grain: act_sums, social_sums and review_sums, one row per customer_id with something to count.
-- Params: day (variable).
-- Why:   a cap per day keeps who likes everything in one evening from being a crowd. Goods are asked about ten days
--        after they came, and no longer than ninety; those that went back are not.
CREATE TEMP TABLE act_sums AS
SELECT customer_id, count(*) AS activity_count_365d
FROM shop_activities
WHERE occurred_on >= getvariable('day') - 365 AND occurred_on < getvariable('day')
GROUP BY customer_id;

CREATE TEMP TABLE social_sums AS
WITH per_day AS (
    SELECT customer_id, least(5, sum(social_weight(type))) AS points
    FROM shop_activities
    WHERE social_weight(type) > 0
      AND occurred_on >= getvariable('day') - 365 AND occurred_on < getvariable('day')
    GROUP BY customer_id, occurred_on
)
SELECT customer_id, sum(points) AS social_points_365d
FROM per_day
GROUP BY customer_id;

CREATE TEMP TABLE review_sums AS
WITH arrived AS (
    SELECT DISTINCT o.customer_id, l.product_id
    FROM kept_orders(getvariable('day')) AS o
    JOIN shop_order_lines AS l USING (order_id)
    LEFT JOIN refunded_lines AS r ON r.order_id = l.order_id AND r.line_no = l.line_no
    WHERE o.kept > 0 AND l.quantity > 0 AND l.net_amount > coalesce(r.amount, 0)
      AND o.delivered_at >= begins(getvariable('day') - 90) AND o.delivered_at < begins(getvariable('day') - 9)
),
reviewed AS (
    SELECT customer_id, product_id
    FROM shop_activities
    WHERE lower(type) = 'review'
      AND occurred_on >= getvariable('day') - 90 AND occurred_on < getvariable('day')
)
SELECT customer_id, count(*) AS reviews_missing
FROM arrived
ANTI JOIN reviewed USING (customer_id, product_id)
GROUP BY customer_id;
