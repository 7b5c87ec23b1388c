-- What:  what was kept of each order before and after each day of refunds, in ten-thousandths.
-- Grain: one row per order and day of refunds.   Params: day, first, last (variables).
-- Why:   refunds above the order count as the whole; one from before the order is of the day of the order.
CREATE OR REPLACE TEMP TABLE refund_steps AS
WITH daily AS (
    SELECT o.*, greatest(refunded_on, o.day) AS refunded_on, sum(amount) AS amount
    FROM shop_refunds
    JOIN facts_orders AS o ON o.source = order_id
    WHERE refunded_on < getvariable('day')
    GROUP BY ALL
),
running AS (
    SELECT *, sum(amount) OVER (PARTITION BY source ORDER BY refunded_on) AS so_far FROM daily
)
SELECT * EXCLUDE (amount, so_far),
       (greatest(0, net_amount - so_far + amount) * 10000)::BIGINT AS before,
       (greatest(0, net_amount - so_far) * 10000)::BIGINT AS after
FROM running;
