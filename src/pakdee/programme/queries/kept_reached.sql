-- What:  since when customers who never chose a reward have had, for the first time, enough for the cheapest one,
--        where the shop itself keeps the points.
-- Grain: one row per customer who ever had.   Params: day, first, last (variables).
-- Why:   what was left in the evening of a day, or is this morning; between two entries it only falls. Units are used
--        in the order in which they run out, as the balance has it; `kept_lots` says how.
CREATE OR REPLACE TEMP TABLE reached AS
WITH savers AS (
    SELECT customer_id, any_value(cost) AS cost
    FROM kept_entries
    JOIN cheapest USING (customer_id)
    ANTI JOIN (SELECT customer_id FROM used WHERE kind = 'redeem') AS chose USING (customer_id)
    WHERE usable_on <= getvariable('day') AND units > 0
    GROUP BY customer_id
    HAVING sum(units) >= any_value(cost)
),
steps AS (
    SELECT customer_id, usable_at, {
        'on_day': usable_on, 'is_expiry': kind = 'expire' AND units < 0,
        'taken': greatest(0, -units)::DECIMAL(18, 4), 'cost': cost, 'reached_on': NULL::DATE,
        'lots': list_filter([{'last_on': coalesce(expires_on, DATE '9999-12-31'), 'lot': entry_id, 'units': units,
                              'redeemed': 0::DECIMAL(18, 4), 'expired': 0::DECIMAL(18, 4)}],
                            lambda lot: lot.units > 0)
    } AS step
    FROM kept_entries
    JOIN savers USING (customer_id)
    WHERE usable_on <= getvariable('day') AND units <> 0
),
walked AS (
    SELECT customer_id, list_reduce(list(step ORDER BY step.on_day, usable_at, step.taken), lambda before, now: {
        'on_day': now.on_day, 'is_expiry': false, 'taken': 0::DECIMAL(18, 4), 'cost': now.cost,
        'reached_on': CASE WHEN before.reached_on IS NULL AND now.on_day > before.on_day
                                AND all_left_of(before.lots) >= now.cost THEN before.on_day
                           ELSE before.reached_on END,
        'lots': list_filter(CASE WHEN now.taken > 0 THEN used_up(before.lots, now)
                                 ELSE list_sort(list_concat(before.lots, now.lots)) END,
                            lambda lot: left_of(lot) > 0 AND lot.last_on >= now.on_day)
    }) AS ended
    FROM steps
    GROUP BY customer_id
)
SELECT customer_id,
       coalesce(ended.reached_on, CASE WHEN all_left_of(ended.lots) >= ended.cost THEN ended.on_day END) AS reached_on
FROM walked
WHERE reached_on IS NOT NULL;
