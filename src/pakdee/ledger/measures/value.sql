-- What:  what customers have spent to date and in the year before the end, and who of the year before came back.
-- Grain: one row per currency.
-- Params: end (day).
-- Why:   lifetime value is about cohorts, so refunds are dated to their order here. Returns that name no order
--        still lower what their customer spent.
WITH spent AS (
    SELECT currency, customer_id, ordered_on, kept_amount AS amount, 1 AS orders
    FROM net_orders
    WHERE customer_id IS NOT NULL AND ordered_on < $end
    UNION ALL
    SELECT currency, customer_id, ordered_on, net_amount, 0
    FROM real_orders
    WHERE customer_id IS NOT NULL AND ordered_on < $end AND net_amount < 0
),
per_customer AS (
    SELECT currency, customer_id,
           min(ordered_on) AS first_on,
           sum(amount) AS net,
           sum(amount) FILTER (ordered_on >= $end::DATE - 365) AS year_net,
           sum(orders) AS orders,
           coalesce(sum(orders) FILTER (ordered_on >= $end::DATE - 365), 0) AS year_orders,
           coalesce(sum(orders) FILTER (ordered_on >= $end::DATE - 730 AND ordered_on < $end::DATE - 365), 0)
               AS earlier_orders
    FROM spent
    GROUP BY currency, customer_id
)
SELECT currency,
       count(*) FILTER (orders > 0)::BIGINT AS customers,
       coalesce(sum(net) FILTER (orders > 0), 0) AS net,
       count(*) FILTER (year_orders > 0) AS year_buyers,
       coalesce(sum(year_orders), 0)::BIGINT AS year_orders,
       coalesce(sum(year_net) FILTER (year_orders > 0), 0) AS year_net,
       count(*) FILTER (earlier_orders > 0) AS earlier_buyers,
       count(*) FILTER (earlier_orders > 0 AND year_orders > 0) AS earlier_kept,
       coalesce($end::DATE - min(first_on), 0)::BIGINT AS days_known
FROM per_customer
GROUP BY currency
ORDER BY currency
