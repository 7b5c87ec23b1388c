-- What:  what a taking leaves of lots that the shop keeps itself, as macros.
-- Grain: lots are lists of one customer's, in the order in which they run out; an event takes units, or says that
--        some ran out.   Params: none.
-- Why:   units are used in the order in which they run out, of those there are at that time. An entry of expiry takes
--        only what has no last day, since the others run out by themselves.
CREATE TEMP MACRO is_open(lot, event) AS
CASE WHEN event.is_expiry THEN lot.last_on = DATE '9999-12-31' ELSE lot.last_on >= event.on_day END;

CREATE TEMP MACRO left_of(lot) AS lot.units - lot.redeemed - lot.expired;

CREATE TEMP MACRO taken_of(lots, place, event) AS
CASE WHEN is_open(lots[place], event) THEN greatest(0, least(left_of(lots[place]), event.taken - coalesce(
    list_sum(list_transform(list_filter(lots[:place - 1], lambda one: is_open(one, event)),
                            lambda one: left_of(one))), 0
))) ELSE 0 END;

CREATE TEMP MACRO used_up(lots, event) AS list_transform(lots, lambda lot, place: {
    'last_on': lot.last_on, 'place': lot.place, 'units': lot.units,
    'redeemed': (lot.redeemed + CASE WHEN event.is_expiry THEN 0
                                     ELSE taken_of(lots, place, event) END)::DECIMAL(18, 4),
    'expired': (lot.expired + CASE WHEN event.is_expiry
                                   THEN taken_of(lots, place, event) ELSE 0 END)::DECIMAL(18, 4)
});

CREATE TEMP MACRO no_lots() AS
[]::STRUCT(last_on DATE, place INTEGER, units DECIMAL(18, 4), redeemed DECIMAL(18, 4), expired DECIMAL(18, 4))[];

CREATE TEMP MACRO all_left_of(lots) AS coalesce(list_sum(list_transform(lots, lambda lot: left_of(lot))), 0);
