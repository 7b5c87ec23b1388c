-- What:  what a customer is compared with: the shop's usual gap, and the limits between the fifths of spenders.
-- Grain: one row.   Params: none.
-- Why:   a fifth is 1 + floor(5 * (rank - 1) / n) with the mean rank for ties, over all who bought in 365 days,
--        but for staff, who are no measure for others. It never falls as spend rises, so four limits say it, and no
--        customer needs to be ranked twice.
CREATE TEMP TABLE shop AS
WITH shoppers AS NOT MATERIALIZED (
    SELECT net_spend_365d, order_count_365d, median_gap_days
    FROM order_sums
    ANTI JOIN (FROM shop_customers WHERE is_staff) AS staff USING (customer_id)
),
amounts AS (
    SELECT net_spend_365d AS amount, count(*) AS ties
    FROM shoppers
    WHERE order_count_365d > 0
    GROUP BY net_spend_365d
),
ranked AS (
    SELECT amount, 2 * (sum(ties) OVER (ORDER BY amount) - ties) + ties - 1 AS twice_below,
           sum(ties) OVER () AS n
    FROM amounts
),
fifths AS (
    SELECT amount, 1 + (5 * twice_below) // (2 * n) AS fifth
    FROM ranked
)
SELECT min(amount) FILTER (fifth >= 2) AS second_fifth_from,
       min(amount) FILTER (fifth >= 3) AS third_fifth_from,
       min(amount) FILTER (fifth >= 4) AS fourth_fifth_from,
       min(amount) FILTER (fifth >= 5) AS top_fifth_from,
       (SELECT median(median_gap_days) FROM shoppers) AS shop_gap_days
FROM fifths;
