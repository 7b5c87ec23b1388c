-- What:  everything a programme takes from a customer's orders but the day a tier was reached, in one pass.
-- Grain: one row per customer_id with an order since `orders_from`.
-- Params: day, week_ago, orders_from, active_days, lifetime (variables); `points` is filled in.
-- Why:   a tier of today is compared with the one of a week ago, each by what had been paid back by then. A
--        window is a calendar year, and ends before the day like all facts; a lifetime has but one window.
CREATE OR REPLACE TEMP MACRO year_of(day, back) AS date_trunc('year', day) - to_years(back);

CREATE OR REPLACE TEMP TABLE sums AS
SELECT customer_id,
       coalesce(sum(kept) FILTER (
           getvariable('lifetime') OR ordered_on >= year_of(getvariable('day'), 0)
       ), 0) AS spent,
       coalesce(sum(kept) FILTER (
           NOT getvariable('lifetime') AND ordered_on >= year_of(getvariable('day'), 1)
           AND ordered_on < year_of(getvariable('day'), 0)
       ), 0) AS spent_before,
       coalesce(sum(kept) FILTER (
           NOT getvariable('lifetime') AND ordered_on >= year_of(getvariable('day'), 2)
           AND ordered_on < year_of(getvariable('day'), 1)
       ), 0) AS spent_long_before,
       coalesce(sum(kept_earlier) FILTER (
           ordered_on < getvariable('week_ago')
           AND (getvariable('lifetime') OR ordered_on >= year_of(getvariable('week_ago'), 0))
       ), 0) AS spent_week_ago,
       coalesce(sum(kept_earlier) FILTER (
           NOT getvariable('lifetime') AND ordered_on >= year_of(getvariable('week_ago'), 1)
           AND ordered_on < year_of(getvariable('week_ago'), 0)
       ), 0) AS spent_before_week_ago,
       count(*) FILTER (
           kept > 0 AND ordered_on >= getvariable('day') - 2 * getvariable('active_days')
           AND ordered_on < getvariable('day') - getvariable('active_days')
       ) AS earlier_orders,
       sum({points}) FILTER (kept > 0 AND ordered_on >= getvariable('day') - 365) AS points
FROM known_orders(getvariable('day'), getvariable('week_ago'))
WHERE ordered_on >= getvariable('orders_from') AND customer_id BETWEEN getvariable('first') AND getvariable('last')
GROUP BY customer_id;
