-- What:  what became of each lot of the units that the shop keeps itself.
-- Grain: fates, one row per lot of a customer of the range.   Params: day, first, last (variables).
-- Why:   units are used in the order in which they run out, of those there are at that time, as the balance has it;
--        so only event after event tells of which lot they were. Entries with the same lot_id are one lot. What was
--        taken back is of its own lot or order, where the entry names one, and was never issued; all else that was
--        taken without running out was redeemed. The shop's entries of expiry say nothing new of lots with a last
--        day, and take of those without one.
CREATE TEMP MACRO is_open(lot, event) AS
CASE WHEN event.is_expiry THEN lot.last_on = DATE '9999-12-31' ELSE lot.last_on >= event.on_day END;

CREATE TEMP MACRO left_of(lot) AS lot.units - lot.redeemed - lot.expired;

CREATE TEMP MACRO all_left_of(lots) AS coalesce(list_sum(list_transform(lots, lambda lot: left_of(lot))), 0);

CREATE TEMP MACRO taken_of(lots, place, event) AS
CASE WHEN is_open(lots[place], event) THEN greatest(0, least(left_of(lots[place]), event.taken - coalesce(
    list_sum(list_transform(list_filter(lots[:place - 1], lambda one: is_open(one, event)),
                            lambda one: left_of(one))), 0
))) ELSE 0 END;

CREATE TEMP MACRO used_up(lots, event) AS list_transform(lots, lambda lot, place: {
    'last_on': lot.last_on, 'lot': lot.lot, 'units': lot.units,
    'redeemed': (lot.redeemed + CASE WHEN event.is_expiry THEN 0
                                     ELSE taken_of(lots, place, event) END)::DECIMAL(18, 4),
    'expired': (lot.expired + CASE WHEN event.is_expiry
                                   THEN taken_of(lots, place, event) ELSE 0 END)::DECIMAL(18, 4)
});

CREATE TEMP VIEW kept_entries AS
SELECT customer_id, lower(kind) AS kind, units, entry_id, lot_id, order_id, occurred_on, occurred_at, expires_on,
       greatest(occurred_on, available_on) AS usable_on, greatest(occurred_at, available_at) AS usable_at
FROM shop_point_entries
WHERE customer_id BETWEEN getvariable('first') AND getvariable('last') AND occurred_on < getvariable('day')
  AND (recorded_at IS NULL OR local_day(recorded_at) < getvariable('day'));

CREATE TEMP VIEW brought AS
SELECT customer_id, coalesce(lot_id, entry_id) AS lot, date_trunc('month', min(occurred_on))::DATE AS month,
       any_value(order_id) AS order_id, min(usable_on) AS usable_on, min(usable_at) AS happened_at,
       coalesce(max(expires_on), DATE '9999-12-31') AS last_on, sum(units) AS earned
FROM kept_entries
WHERE units > 0
GROUP BY customer_id, coalesce(lot_id, entry_id);

CREATE TEMP VIEW taken_back AS
SELECT e.entry_id, any_value(b.customer_id) AS customer_id, min(b.lot) AS lot, -any_value(e.units) AS units
FROM kept_entries AS e
JOIN brought AS b ON b.customer_id = e.customer_id
                 AND (b.lot = e.lot_id OR e.lot_id IS NULL AND b.order_id = e.order_id)
WHERE e.kind = 'reverse' AND e.units < 0
GROUP BY e.entry_id;

CREATE TEMP VIEW issued AS
SELECT b.*, greatest(0, b.earned - coalesce(r.units, 0))::DECIMAL(18, 4) AS units
FROM brought AS b
LEFT JOIN (SELECT customer_id, lot, sum(units) AS units FROM taken_back GROUP BY customer_id, lot) AS r
    USING (customer_id, lot);

CREATE TEMP VIEW events AS
SELECT customer_id, happened_at, {
    'on_day': usable_on, 'is_expiry': false, 'taken': 0::DECIMAL(18, 4),
    'lots': [{'last_on': last_on, 'lot': lot, 'units': units, 'redeemed': 0::DECIMAL(18, 4),
              'expired': 0::DECIMAL(18, 4)}],
    'done': []::STRUCT(last_on DATE, lot VARCHAR, units DECIMAL(18, 4), redeemed DECIMAL(18, 4),
                       expired DECIMAL(18, 4))[]
} AS event
FROM issued
UNION ALL
SELECT customer_id, occurred_at, {
    'on_day': occurred_on, 'is_expiry': kind = 'expire', 'taken': (-units)::DECIMAL(18, 4),
    'lots': []::STRUCT(last_on DATE, lot VARCHAR, units DECIMAL(18, 4), redeemed DECIMAL(18, 4),
                       expired DECIMAL(18, 4))[],
    'done': []::STRUCT(last_on DATE, lot VARCHAR, units DECIMAL(18, 4), redeemed DECIMAL(18, 4),
                       expired DECIMAL(18, 4))[]
}
FROM kept_entries
ANTI JOIN taken_back USING (entry_id)
WHERE units < 0;

CREATE TEMP VIEW ended AS
SELECT customer_id, list_reduce(
    list(event ORDER BY event.on_day, happened_at, event.taken),
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
FROM events
GROUP BY customer_id;

CREATE TEMP VIEW fates AS
SELECT i.customer_id, i.month, i.order_id, i.earned, i.units, l.redeemed,
       l.expired + CASE WHEN i.last_on < getvariable('day') THEN left_of(l) ELSE 0 END AS expired
FROM (SELECT customer_id, unnest(list_concat(account.lots, account.done)) AS l FROM ended)
JOIN issued AS i USING (customer_id)
WHERE i.lot = l.lot;
