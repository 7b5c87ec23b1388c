-- What:  the channels of the net orders of 365 days.
-- Grain: one row per customer_id with such an order whose channel is known.   Params: day (variable).
-- Why:   channels are the shop's own words, so they are counted by name; the latest order settles a tie, the
--        name a tie on one day.
CREATE TEMP TABLE channel_sums AS
WITH uses AS (
    SELECT customer_id, channel, count(*) AS orders, max(ordered_on) AS last_on
    FROM kept_orders(getvariable('day'))
    WHERE kept > 0 AND channel IS NOT NULL AND ordered_on >= getvariable('day') - 365
    GROUP BY customer_id, channel
)
SELECT customer_id,
       count(*) AS channel_count_365d,
       sum(orders) FILTER (lower(channel) IN ('online', 'app')) AS online_order_count_365d,
       min((-orders, getvariable('day') - last_on, channel))[3] AS most_used_channel
FROM uses
GROUP BY customer_id;
