-- What:  points a customer has, when the first of them run out, and when some were last spent.
-- Grain: one row per customer from the first to the last one.
-- Params: first, last (variables, customer ids), day (variable).
-- Why:   who never earned any has 0, and no day on which they run out.
CREATE TEMP VIEW points AS
WITH histories AS (
    SELECT customer_id, max(occurred_on) FILTER (kind = 'redeem') AS last_redeemed_on,
           list(event ORDER BY event.on_day, happened_at, event.taken) AS events
    FROM point_events
    WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')
    GROUP BY customer_id
),
accounts AS (
    SELECT customer_id, last_redeemed_on,
           list_reduce(events, lambda before, now: {
               'on_day': now.on_day, 'is_expiry': false, 'taken': 0::DECIMAL(18, 4),
               'lots': after(usable(before.lots, now.on_day), now)
           }, {
               'on_day': DATE '0001-01-01', 'is_expiry': false, 'taken': 0::DECIMAL(18, 4),
               'lots': []::STRUCT(last_on DATE, units DECIMAL(18, 4))[]
           }).lots AS lots
    FROM histories
),
known AS (
    SELECT customer_id, getvariable('day') - last_redeemed_on AS days_since_last_redemption,
           usable(lots, getvariable('day')) AS lots,
           list_filter(usable(lots, getvariable('day')),
                       lambda lot: lot.last_on < getvariable('day') + 30) AS ending
    FROM (SELECT customer_id FROM shop_customers
          WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
    LEFT JOIN accounts USING (customer_id)
)
SELECT customer_id,
       floor(coalesce(list_sum(list_transform(lots, lambda lot: lot.units)), 0)) AS points_balance,
       floor(coalesce(list_sum(list_transform(ending, lambda lot: lot.units)), 0)) AS points_expiring_30d,
       nullif(lots[1].last_on, DATE '9999-12-31') AS points_expire_on,
       nullif(lots[1].last_on, DATE '9999-12-31') - getvariable('day') AS days_to_next_expiry,
       days_since_last_redemption
FROM known;
