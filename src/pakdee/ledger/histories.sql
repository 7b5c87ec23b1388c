-- What:  what a customer's order days say about the next ones.
-- Grain: one row per customer with a net order before the day; staff left out.
-- Params: day, until (days; `until` is left out).
-- Why:   several orders on a day are one order day. Amounts are those of repeat order days, since a first order
--        is often a trial; refunds count as far as they were known on the day.
WITH sums AS (
    SELECT customer_id, min(ordered_on) AS first_on, max(ordered_on) AS last_on, sum(kept) AS kept,
           list({'day': ordered_on, 'kept': kept}) AS orders
    FROM kept_orders($day::DATE)
    WHERE kept > 0
    GROUP BY customer_id
),
counted AS (
    SELECT * EXCLUDE (orders),
           len(list_distinct(list_transform(orders, lambda one: one.day))) - 1 AS repeats,
           list_sum(list_transform(
               list_filter(orders, lambda one: one.day = first_on), lambda one: one.kept
           )) AS first_kept
    FROM sums
),
later AS (
    SELECT customer_id, count(DISTINCT ordered_on) AS later
    FROM kept_orders($until::DATE)
    WHERE kept > 0 AND ordered_on >= $day::DATE
    GROUP BY customer_id
)
SELECT customer_id, repeats::INTEGER AS repeats, (last_on - first_on)::INTEGER AS last_day,
       ($day::DATE - first_on)::INTEGER AS age,
       CASE WHEN repeats > 0 THEN (kept - first_kept) / repeats END::DOUBLE AS mean_amount,
       coalesce(later, 0)::INTEGER AS later
FROM counted
LEFT JOIN later USING (customer_id)
ANTI JOIN (FROM shop_customers WHERE is_staff) AS staff USING (customer_id)
ORDER BY customer_id
