-- What:  the day of the order that reached the present tier.
-- Grain: one row per customer_id who climbed to the tier they hold.   Params: day, tiers_from, lifetime (variables).
-- Why:   who already held this tier or a higher one before the window in which the spend reached it did not
--        climb but stayed or came down. After a return the last crossing counts.
CREATE OR REPLACE TEMP TABLE crossings AS
WITH climbed AS (
    SELECT customer_id, starts_at, spent_before >= starts_at AS in_last_window
    FROM standings
    WHERE rank > 1 AND NOT (spent_before >= starts_at AND spent_long_before >= starts_at)
),
order_days AS (
    SELECT customer_id, c.starts_at, o.ordered_on, sum(o.kept) AS amount
    FROM kept_orders(getvariable('day')) AS o
    JOIN climbed AS c USING (customer_id)
    WHERE o.ordered_on >= getvariable('tiers_from')
      AND (getvariable('lifetime')
           OR date_trunc('year', o.ordered_on)
              = date_trunc('year', getvariable('day')) - to_years(c.in_last_window::INTEGER))
    GROUP BY customer_id, c.starts_at, o.ordered_on
),
running AS (
    SELECT *, sum(amount) OVER (PARTITION BY customer_id ORDER BY ordered_on) AS spent
    FROM order_days
)
SELECT customer_id,
       max(ordered_on) FILTER (spent >= starts_at AND spent - amount < starts_at) AS reached_on
FROM running
GROUP BY customer_id;
