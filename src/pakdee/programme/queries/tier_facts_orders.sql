-- What:  what the candidates' orders add to what tiers go by, what refunds take off again, and since when it is known.
-- Grain: one row per order, and one per order and day of its refunds; `day` is always the order's.
-- Params: day, tiers_from, first, last (variables); `counts`, `whole`, `left_now` and `left_before` are filled in.
-- Why:   a return that is a row of its own, with an amount below 0, names no order: it is loose.
CREATE OR REPLACE TEMP TABLE tier_facts AS
WITH bought AS (
    SELECT customer_id, order_id, ordered_on AS day, net_amount
    FROM shop_orders
    JOIN tier_candidates USING (customer_id)
    WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')
      AND ordered_on >= getvariable('tiers_from') AND ordered_on < getvariable('day')
      AND (recorded_at IS NULL OR local_day(recorded_at) < getvariable('day')) AND ({counts})
),
paid_back AS (
    SELECT customer_id, day, greatest(day, refunded_on) AS known_on, net_amount, sum(amount) AS amount,
           sum(sum(amount)) OVER (PARTITION BY order_id ORDER BY greatest(day, refunded_on)) AS altogether
    FROM bought
    JOIN shop_refunds USING (order_id)
    WHERE refunded_on < getvariable('day') AND net_amount > 0
    GROUP BY customer_id, order_id, day, greatest(day, refunded_on), net_amount
),
lowered AS (
    SELECT customer_id, day, known_on, net_amount - least(net_amount, altogether) AS left_now,
           net_amount - least(net_amount, altogether - amount) AS left_before
    FROM paid_back
)
SELECT customer_id, day, day AS known_on, {whole} AS amount, net_amount < 0 AS is_loose
FROM bought
UNION ALL
SELECT customer_id, day, known_on, {left_now} - {left_before}, false
FROM lowered
WHERE {left_now} <> {left_before};
