-- What:  everything the features take from a customer's orders but their channels, in one pass.
-- Grain: one row per customer_id of the range with any order row before the day.
-- Params: day, first, last (variables).
-- Why:   one pass over orders is most of a run's time. The order days are gathered as a list because sorting
--        a list per customer costs a fifth of a window over all orders; equal days give no gap, so several
--        orders on a day are one order day.
CREATE TEMP TABLE order_sums AS
WITH sums AS (
    SELECT customer_id,
           count(*) FILTER (kept > 0) AS order_count,
           count(*) FILTER (kept > 0 AND ordered_on >= getvariable('day') - 365) AS order_count_365d,
           count(*) FILTER (kept > 0 AND ordered_on >= getvariable('day') - 90) AS order_count_90d,
           count(*) FILTER (kept > 0 AND ordered_on >= getvariable('day') - 30) AS order_count_30d,
           count(*) FILTER (
               kept > 0 AND ordered_on >= getvariable('day') - 365
               AND (discount_amount > 0 OR offer_id IS NOT NULL)
           ) AS offer_order_count_365d,
           min(ordered_on) FILTER (kept > 0) AS first_order_on,
           max(ordered_on) FILTER (kept > 0) AS last_order_on,
           sum(kept) AS net_spend,
           sum(kept) FILTER (ordered_on >= getvariable('day') - 365) AS net_spend_365d,
           sum(kept) FILTER (ordered_on >= date_trunc('year', getvariable('day'))) AS net_spend_this_year,
           sum(net_amount) FILTER (
               net_amount > 0 AND status IS DISTINCT FROM 'cancelled' AND ordered_on >= getvariable('day') - 365
           ) AS gross_spend_365d,
           list(ordered_on) FILTER (kept > 0) AS order_days
    FROM kept_orders(getvariable('day'))
    WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')
    GROUP BY customer_id
),
sorted AS (
    SELECT * EXCLUDE (order_days), list_sort(order_days) AS days
    FROM sums
),
spaced AS (
    SELECT * EXCLUDE (days),
           list_filter(
               list_transform(list_zip(days[2:], days[:-2]), lambda pair: pair[1] - pair[2]), lambda gap: gap > 0
           ) AS gaps
    FROM sorted
)
SELECT * EXCLUDE (gaps),
       list_aggregate(gaps, 'median') AS median_gap_days,
       CASE WHEN len(gaps) >= 2
            THEN list_aggregate(gaps, 'stddev_samp') / list_aggregate(gaps, 'avg') END AS gap_cv
FROM spaced;
