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
    SELECT customer_id, row_number() OVER ()::INTEGER AS number,
           max(occurred_on) FILTER (kind = 'redeem') AS last_redeemed_on,
           coalesce(bool_or(last_on = DATE '9999-12-31'), false) AS endless,
           coalesce(bool_or(last_on < DATE '9999-12-31'), false) AS ending
    FROM of_range
    GROUP BY customer_id
),
flows AS (
    SELECT number, on_day, units, last_on, is_expiry AND ending AS takes_from_few,
           (sum(greatest(units, 0)) OVER life)::DECIMAL(18, 4) AS come,
           (sum(greatest(-units, 0)) OVER life)::DECIMAL(18, 4) AS gone,
           max(last_on) OVER life AS latest, (row_number() OVER life)::INTEGER AS place
    FROM of_range
    JOIN people USING (customer_id)
    WHERE units <> 0 AND (endless OR NOT is_expiry)
    WINDOW life AS (PARTITION BY number ORDER BY on_day, happened_at, units < 0, last_on, units DESC
                    ROWS UNBOUNDED PRECEDING)
),
owners AS (
    SELECT number, max(gone) AS taken,
           NOT bool_or(takes_from_few OR (last_on IS NOT NULL AND (last_on < latest OR last_on < on_day))) AS in_turn
    FROM flows
    GROUP BY number
),
steps AS (
    SELECT number, on_day, place, gone, come - gone AS spare, NULL AS reach
    FROM flows SEMI JOIN (FROM owners WHERE in_turn) USING (number)
    WHERE units < 0
    UNION ALL
    SELECT number, last_on + 1, 0, NULL, NULL, max(come)
    FROM flows SEMI JOIN (FROM owners WHERE in_turn) USING (number)
    WHERE last_on < getvariable('day')
    GROUP BY number, last_on
),
ends AS (
    SELECT *, reach - coalesce(max(gone) OVER (PARTITION BY number ORDER BY on_day, place ROWS UNBOUNDED PRECEDING), 0)
               AS beyond
    FROM steps
),
met AS (
    SELECT number, beyond,
           greatest(spare, max(beyond) OVER (PARTITION BY number ORDER BY on_day DESC, place DESC
                                             ROWS UNBOUNDED PRECEDING)) AS moved
    FROM ends
),
places AS (
    SELECT number, least(greatest(0, max(beyond)), min(moved) FILTER (beyond IS NULL)) AS moved
    FROM met
    GROUP BY number
),
numbered AS (
    SELECT *, count(*) FILTER (units < 0) OVER (PARTITION BY number ORDER BY place ROWS UNBOUNDED PRECEDING) AS turn
    FROM flows
    SEMI JOIN (FROM owners WHERE NOT in_turn) USING (number)
),
events AS (
    SELECT number, turn, {
               'on_day': max(on_day), 'takes_from_few': bool_or(takes_from_few), 'last_on': last_on,
               'units': sum(units)::DECIMAL(18, 4)
           } AS event
    FROM numbered
    GROUP BY number, turn, last_on
),
walked AS (
    SELECT number, unnest(usable(list_reduce(
               list(event ORDER BY turn, event.units),
               lambda before, now: {
                   'on_day': now.on_day, 'takes_from_few': false, 'last_on': NULL::DATE,
                   'units': 0::DECIMAL(18, 4), 'lots': after(usable(before.lots, now.on_day), now)
               },
               {
                   'on_day': DATE '0001-01-01', 'takes_from_few': false, 'last_on': NULL::DATE,
                   'units': 0::DECIMAL(18, 4), 'lots': []::STRUCT(last_on DATE, units DECIMAL(18, 4))[]
               }
           ).lots, getvariable('day'))) AS lot
    FROM events
    GROUP BY number
),
left_over AS (
    SELECT f.number, f.last_on, least(f.units, f.come - o.taken - coalesce(p.moved, 0)) AS units
    FROM flows AS f
    JOIN owners AS o ON o.number = f.number AND in_turn
    LEFT JOIN places AS p ON p.number = f.number
    WHERE f.units > 0 AND f.come > o.taken + coalesce(p.moved, 0)
    UNION ALL
    SELECT number, lot.last_on, lot.units FROM walked
),
sums AS (
    SELECT number, sum(units) AS units, sum(units) FILTER (last_on < getvariable('day') + 30) AS ending_soon,
           min(last_on) FILTER (last_on < DATE '9999-12-31') AS expire_on
    FROM left_over
    GROUP BY number
)
SELECT customer_id, floor(coalesce(units, 0)) AS points_balance, floor(coalesce(ending_soon, 0)) AS points_expiring_30d,
       expire_on AS points_expire_on, expire_on - getvariable('day') AS days_to_next_expiry,
       getvariable('day') - last_redeemed_on AS days_since_last_redemption
FROM (SELECT customer_id FROM shop_customers WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN people USING (customer_id)
LEFT JOIN sums USING (number);
