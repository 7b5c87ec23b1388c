-- What:  customers active at the start, at the end, and at both.
-- Grain: one row.
-- Params: start, end (days), active_days.
-- Why:   without contracts nobody can leave, so being active needs a window: a net order in the active_days
--        days before the day in question. The window moves with the day; it is not the period.
WITH seen AS (
    SELECT customer_id,
           bool_or(ordered_on >= $start::DATE - $active_days::INTEGER AND ordered_on < $start) AS before,
           bool_or(ordered_on >= $end::DATE - $active_days::INTEGER) AS after
    FROM net_orders
    WHERE customer_id IS NOT NULL AND ordered_on < $end
    GROUP BY customer_id
)
SELECT count(*) FILTER (before) AS at_start,
       count(*) FILTER (before AND after) AS kept,
       count(*) FILTER (after) AS at_end
FROM seen
