-- What:  what happens to points, and what is left of them after one such event, as macros.
-- Grain: point_events, one row per entry known before the day.   Params: day (variable).
-- Why:   points are used in the order in which they run out, of those there are at that time; who gets points of
--        a shorter life later has not spent these before. Lots carry the last day on which they can be used, so a
--        shop's entries of their expiry say nothing new and take only what has no last day. An event brings a lot
--        or takes units; nobody owes points.
CREATE TEMP MACRO usable(lots, on_day) AS list_filter(lots, lambda lot: lot.last_on >= on_day);

CREATE TEMP MACRO less(lots, taken) AS list_filter(
    list_transform(lots, lambda lot, place: {
        'last_on': lot.last_on,
        'units': (lot.units - greatest(0, least(lot.units, taken - coalesce(
            list_sum(list_transform(lots[:place - 1], lambda earlier: earlier.units)), 0
        ))))::DECIMAL(18, 4)
    }),
    lambda lot: lot.units > 0
);

CREATE TEMP MACRO more(lots, event) AS list_sort(list_concat(
    list_filter(lots, lambda lot: lot.last_on <> event.last_on),
    [{
        'last_on': event.last_on,
        'units': (event.units + coalesce(list_sum(list_transform(
            list_filter(lots, lambda lot: lot.last_on = event.last_on), lambda lot: lot.units
        )), 0))::DECIMAL(18, 4)
    }]
));

CREATE TEMP MACRO after(lots, event) AS
CASE WHEN event.takes_from_few
     THEN list_concat(list_filter(lots, lambda lot: lot.last_on < DATE '9999-12-31'),
                      less(list_filter(lots, lambda lot: lot.last_on = DATE '9999-12-31'), -event.units))
     WHEN event.units < 0 THEN less(lots, -event.units)
     ELSE more(lots, event) END;

CREATE TEMP VIEW point_events AS
SELECT customer_id, lower(kind) AS kind, occurred_on,
       greatest(occurred_at, CASE WHEN units > 0 THEN available_at END) AS happened_at,
       greatest(occurred_on, CASE WHEN units > 0 THEN available_on END) AS on_day,
       lower(kind) = 'expire' AND units < 0 AS is_expiry,
       units, CASE WHEN units > 0 THEN coalesce(expires_on, DATE '9999-12-31') END AS last_on
FROM shop_point_entries
WHERE occurred_on < getvariable('day')
  AND (units < 0 OR coalesce(available_on, occurred_on) <= getvariable('day'));
