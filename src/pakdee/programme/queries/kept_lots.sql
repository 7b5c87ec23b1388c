-- What:  what became of each lot of the units that the shop keeps itself.
-- Grain: fates, one row per lot of a customer of the range.   Params: day, first, last (variables); `kept_queue` must be there.
-- Why:   units are used in the order in which they run out, and those that run out together in the order in which
--        they came, of those there are at that time, as the balance has it. Entries with the same lot_id are one lot.
--        What was taken back is of its own lot or order, where the entry names one, and was never issued; all else
--        that was taken without running out was redeemed. The shop's entries of expiry say nothing new of lots with
--        a last day, and take of those without one. Mostly lots run out in the order in which they came, and nobody
--        takes more than there is (`in_turn`): then each taking is a stretch of the customer's queue of units, which
--        begins where the one before ended, or where what had run out meanwhile ends; and of a lot was redeemed
--        what such takings cover of the lot's own stretch. For the others only a walk from event to event tells it.
CREATE TEMP VIEW fates AS
WITH kept_entries AS MATERIALIZED (
    SELECT customer_id, lower(kind) AS kind, units, entry_id, lot_id, order_id, occurred_on, occurred_at, expires_on,
           greatest(occurred_on, available_on) AS usable_on, greatest(occurred_at, available_at) AS usable_at
    FROM shop_point_entries
    WHERE customer_id BETWEEN getvariable('first') AND getvariable('last') AND occurred_on < getvariable('day')
      AND (recorded_at IS NULL OR local_day(recorded_at) < getvariable('day'))
),
brought AS MATERIALIZED (
    SELECT customer_id, coalesce(lot_id, entry_id) AS lot, date_trunc('month', min(occurred_on))::DATE AS month,
           any_value(order_id) AS order_id, min(usable_on) AS usable_on, min(usable_at) AS happened_at,
           coalesce(max(expires_on), DATE '9999-12-31') AS last_on, sum(units) AS earned
    FROM kept_entries
    WHERE units > 0
    GROUP BY customer_id, coalesce(lot_id, entry_id)
),
people AS MATERIALIZED (
    SELECT customer_id, row_number() OVER ()::INTEGER AS number, bool_or(last_on = DATE '9999-12-31') AS endless,
           bool_or(last_on < DATE '9999-12-31') AS ending
    FROM brought
    GROUP BY customer_id
),
reversing AS (
    FROM kept_entries WHERE kind = 'reverse' AND units < 0
),
taken_back AS MATERIALIZED (
    SELECT e.entry_id, e.customer_id, b.lot, -e.units AS units
    FROM reversing AS e
    JOIN brought AS b ON b.customer_id = e.customer_id AND b.lot = e.lot_id
    UNION ALL
    SELECT e.entry_id, any_value(e.customer_id), min(b.lot), -any_value(e.units)
    FROM reversing AS e
    JOIN brought AS b ON b.customer_id = e.customer_id AND b.order_id = e.order_id
    WHERE e.lot_id IS NULL
    GROUP BY e.entry_id
),
issued AS MATERIALIZED (
    SELECT b.*, greatest(0, b.earned - coalesce(r.units, 0))::DECIMAL(18, 4) AS units, row_number() OVER () AS lot_number
    FROM brought AS b
    LEFT JOIN (SELECT customer_id, lot, sum(units) AS units FROM taken_back GROUP BY customer_id, lot) AS r
        USING (customer_id, lot)
),
events AS (
    SELECT customer_id, usable_on AS on_day, happened_at, false AS is_taking, false AS is_expiry, units, last_on, lot,
           lot_number
    FROM issued
    UNION ALL
    SELECT customer_id, occurred_on, occurred_at, true, kind = 'expire', -units, NULL, entry_id, NULL
    FROM kept_entries
    ANTI JOIN taken_back USING (entry_id)
    WHERE units < 0
),
flows AS MATERIALIZED (
    SELECT number, on_day, is_taking, is_expiry, units, last_on, lot_number, is_expiry AND ending AS takes_from_few,
           (row_number() OVER life)::INTEGER AS place, max(last_on) OVER life AS latest,
           (sum(CASE WHEN is_taking THEN 0 ELSE units END) OVER life)::DECIMAL(18, 4) AS come,
           (sum(CASE WHEN is_taking THEN units ELSE 0 END) OVER life)::DECIMAL(18, 4) AS gone,
           (sum(CASE WHEN is_taking AND NOT is_expiry THEN units ELSE 0 END) OVER life)::DECIMAL(18, 4) AS redeemed
    FROM events
    JOIN people USING (customer_id)
    WHERE endless OR NOT is_expiry
    WINDOW life AS (PARTITION BY number ORDER BY on_day, happened_at, is_taking, last_on, lot ROWS UNBOUNDED PRECEDING)
),
steps AS (
    SELECT number, on_day, place, is_expiry, units, come, gone, redeemed, NULL AS reach
    FROM flows
    WHERE is_taking
    UNION ALL
    SELECT number, last_on + 1, 0, NULL, NULL, NULL, NULL, NULL, max(come)
    FROM flows
    WHERE last_on < getvariable('day')
    GROUP BY number, last_on
),
ends AS (
    SELECT *, reach - coalesce(max(gone) OVER (PARTITION BY number ORDER BY on_day, place ROWS UNBOUNDED PRECEDING), 0)
               AS beyond
    FROM steps
),
moved AS MATERIALIZED (
    SELECT *, greatest(0, max(beyond) OVER (PARTITION BY number ORDER BY on_day, place ROWS UNBOUNDED PRECEDING))
               AS run_out
    FROM ends
),
owners AS MATERIALIZED (
    SELECT number, in_turn AND NOT coalesce(is_short, false) AS in_turn, gone + coalesce(run_out, 0) AS position
    FROM (
        SELECT number, max(gone) AS gone,
               NOT bool_or(takes_from_few OR (last_on IS NOT NULL AND (last_on < latest OR last_on < on_day))) AS in_turn
        FROM flows
        GROUP BY number
    )
    LEFT JOIN (
        SELECT number, max(run_out) AS run_out, bool_or(gone + run_out > come) AS is_short FROM moved GROUP BY number
    ) USING (number)
),
along AS (
    SELECT number, place, lot_number, units, come AS reached, NULL AS taking
    FROM flows
    SEMI JOIN (FROM owners WHERE in_turn) USING (number)
    WHERE NOT is_taking
    UNION ALL
    SELECT number, place, NULL, NULL, gone - units + run_out, {
               'ends': gone + run_out, 'redeemed': redeemed, 'is_expiry': is_expiry
           }
    FROM moved
    SEMI JOIN (FROM owners WHERE in_turn) USING (number)
    WHERE reach IS NULL
),
met AS (
    SELECT number, place, lot_number, units, reached,
           last_value(taking IGNORE NULLS) OVER (PARTITION BY number ORDER BY reached, lot_number NULLS LAST
                                                 ROWS UNBOUNDED PRECEDING) AS last
    FROM along
),
queued AS (
    SELECT number, place, lot_number, units, reached,
           coalesce(last.redeemed - CASE WHEN last.is_expiry THEN 0 ELSE greatest(0, last.ends - reached) END, 0)
               AS redeemed_to_end
    FROM met
    WHERE lot_number IS NOT NULL
),
covered AS (
    SELECT lot_number, redeemed_to_end - lag(redeemed_to_end, 1, 0) OVER (PARTITION BY number ORDER BY place)
               AS redeemed, greatest(0, least(units, position - reached + units)) AS used
    FROM queued
    JOIN owners USING (number)
),
ended AS (
    SELECT number, list_reduce(
        list({
            'on_day': on_day, 'is_expiry': is_expiry, 'taken': CASE WHEN is_taking THEN units ELSE 0 END::DECIMAL(18, 4),
            'lots': CASE WHEN is_taking THEN no_lots() ELSE [{
                'last_on': last_on, 'place': place, 'units': units, 'redeemed': 0::DECIMAL(18, 4),
                'expired': 0::DECIMAL(18, 4)
            }] END,
            'done': no_lots()
        } ORDER BY place),
        lambda before, now: {
            'on_day': now.on_day, 'is_expiry': false, 'taken': 0::DECIMAL(18, 4),
            'lots': list_filter(
                CASE WHEN now.taken > 0 THEN used_up(before.lots, now)
                     ELSE list_sort(list_concat(before.lots, now.lots)) END,
                lambda lot: left_of(lot) > 0 AND lot.last_on >= now.on_day),
            'done': list_concat(before.done, list_filter(
                CASE WHEN now.taken > 0 THEN used_up(before.lots, now)
                     ELSE list_concat(before.lots, now.lots) END,
                lambda lot: left_of(lot) <= 0 OR lot.last_on < now.on_day))
        }) AS account
    FROM flows
    SEMI JOIN (FROM owners WHERE NOT in_turn) USING (number)
    GROUP BY number
),
walked AS (
    SELECT lot_number, l.redeemed AS redeemed,
           l.redeemed + l.expired + CASE WHEN l.last_on < getvariable('day') THEN left_of(l) ELSE 0 END AS used
    FROM (SELECT number, unnest(list_concat(account.lots, account.done)) AS l FROM ended) AS e
    JOIN flows AS f ON f.number = e.number AND f.place = l.place
)
SELECT customer_id, month, order_id, earned, issued.units AS units, redeemed::DECIMAL(18, 4) AS redeemed,
       (used - redeemed)::DECIMAL(18, 4) AS expired
FROM issued
JOIN (FROM covered UNION ALL FROM walked) USING (lot_number);
