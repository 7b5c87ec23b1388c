-- What:  points a customer has, when the first of them run out, and when some were last spent.
-- Grain: one row per customer from the first to the last one.
-- Params: first, last (variables, customer ids), day (variable).
-- Why:   mostly points run out in the order in which they came (`in_turn`). Then one number tells what is left: how
--        far along the queue of their points customers have come. That place goes on with what is taken, at most
--        to the end of the queue, and where points run out, at least to their end. So the last place is what was
--        taken altogether, moved by the least of the steps at which the end of the queue was met, each as far as
--        no later running out lay beyond. Where some points overtake others, only a walk from event to event tells
--        it; of what comes between two that take, the order does not matter. Who never earned any has 0.
CREATE TEMP VIEW points AS
WITH of_range AS (
    FROM point_events WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')
),
people AS (
    SELECT customer_id, max(occurred_on) FILTER (kind = 'redeem') AS last_redeemed_on,
           coalesce(bool_or(last_on = DATE '9999-12-31'), false) AS endless,
           coalesce(bool_or(last_on < DATE '9999-12-31'), false) AS ending
    FROM of_range
    GROUP BY customer_id
),
flows AS (
    SELECT customer_id, on_day, happened_at, is_expiry, taken, units, last_on, is_expiry AND ending AS takes_from_few,
           sum(units) OVER life AS come, sum(taken) OVER life AS gone, max(last_on) OVER life AS latest
    FROM of_range
    JOIN people USING (customer_id)
    WHERE endless OR NOT is_expiry
    WINDOW life AS (PARTITION BY customer_id ORDER BY on_day, happened_at, taken, last_on ROWS UNBOUNDED PRECEDING)
),
owners AS (
    SELECT customer_id, max(gone) AS taken,
           NOT bool_or(takes_from_few OR (last_on IS NOT NULL AND (last_on < latest OR last_on < on_day))) AS in_turn
    FROM flows
    GROUP BY customer_id
),
steps AS (
    SELECT customer_id, on_day, true AS is_taking, happened_at, gone, come - gone AS spare, NULL AS reach
    FROM flows SEMI JOIN (FROM owners WHERE in_turn) USING (customer_id)
    WHERE taken > 0
    UNION ALL
    SELECT customer_id, last_on + 1, false, NULL, NULL, NULL, max(come)
    FROM flows SEMI JOIN (FROM owners WHERE in_turn) USING (customer_id)
    WHERE last_on < getvariable('day')
    GROUP BY customer_id, last_on
),
ends AS (
    SELECT *, reach - coalesce(max(gone) OVER (
               PARTITION BY customer_id ORDER BY on_day, is_taking, happened_at, gone ROWS UNBOUNDED PRECEDING
           ), 0) AS beyond
    FROM steps
),
met AS (
    SELECT customer_id, is_taking, beyond, greatest(spare, max(beyond) OVER (
               PARTITION BY customer_id ORDER BY on_day DESC, is_taking DESC, happened_at DESC, gone DESC
               ROWS UNBOUNDED PRECEDING
           )) AS moved
    FROM ends
),
places AS (
    SELECT customer_id, least(greatest(0, max(beyond)), min(moved) FILTER (is_taking)) AS moved
    FROM met
    GROUP BY customer_id
),
numbered AS (
    SELECT *, count(*) FILTER (taken > 0) OVER (PARTITION BY customer_id ORDER BY on_day, happened_at, taken
                                                ROWS UNBOUNDED PRECEDING) AS number
    FROM flows
    SEMI JOIN (FROM owners WHERE NOT in_turn) USING (customer_id)
),
events AS (
    SELECT customer_id, number, {
               'on_day': max(on_day), 'is_expiry': bool_or(is_expiry), 'taken': sum(taken)::DECIMAL(18, 4),
               'units': sum(units)::DECIMAL(18, 4), 'last_on': last_on
           } AS event
    FROM numbered
    GROUP BY customer_id, number, last_on
),
walked AS (
    SELECT customer_id, unnest(usable(list_reduce(
               list(event ORDER BY number, event.taken DESC),
               lambda before, now: {
                   'on_day': now.on_day, 'is_expiry': false, 'taken': 0::DECIMAL(18, 4),
                   'units': 0::DECIMAL(18, 4), 'last_on': NULL::DATE,
                   'lots': after(usable(before.lots, now.on_day), now)
               },
               {
                   'on_day': DATE '0001-01-01', 'is_expiry': false, 'taken': 0::DECIMAL(18, 4),
                   'units': 0::DECIMAL(18, 4), 'last_on': NULL::DATE,
                   'lots': []::STRUCT(last_on DATE, units DECIMAL(18, 4))[]
               }
           ).lots, getvariable('day'))) AS lot
    FROM events
    GROUP BY customer_id
),
left_over AS (
    SELECT f.customer_id, f.last_on, least(f.units, f.come - o.taken - coalesce(p.moved, 0)) AS units
    FROM flows AS f
    JOIN owners AS o ON o.customer_id = f.customer_id AND in_turn
    LEFT JOIN places AS p ON p.customer_id = f.customer_id
    WHERE f.units > 0 AND f.come > o.taken + coalesce(p.moved, 0)
    UNION ALL
    SELECT customer_id, lot.last_on, lot.units FROM walked
),
sums AS (
    SELECT customer_id, sum(units) AS units, sum(units) FILTER (last_on < getvariable('day') + 30) AS ending_soon,
           min(last_on) FILTER (last_on < DATE '9999-12-31') AS expire_on
    FROM left_over
    GROUP BY customer_id
)
SELECT customer_id, floor(coalesce(units, 0)) AS points_balance, floor(coalesce(ending_soon, 0)) AS points_expiring_30d,
       expire_on AS points_expire_on, expire_on - getvariable('day') AS days_to_next_expiry,
       getvariable('day') - last_redeemed_on AS days_since_last_redemption
FROM (SELECT customer_id FROM shop_customers WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN sums USING (customer_id)
LEFT JOIN people USING (customer_id);
