-- What:  since when customers who never chose a reward have had, for the first time, enough for the cheapest one,
--        where the shop itself keeps the points.
-- Grain: one row per customer who ever had.   Params: day, first, last (variables).
-- Why:   what was left in the evening of a day, or is this morning. From whom nothing was taken has what came and has
--        not run out yet. All others are walked through: units are used in the order in which they run out, as the
--        balance has it, and `kept_queue` says how; between two entries what is left only falls.
CREATE OR REPLACE TEMP TABLE waiting AS
SELECT customer_id, cost, lower(kind) AS kind, units, greatest(occurred_on, available_on) AS usable_on,
       greatest(occurred_at, available_at) AS usable_at, coalesce(expires_on, DATE '9999-12-31') AS last_on
FROM (
    FROM shop_point_entries
    WHERE customer_id BETWEEN getvariable('first') AND getvariable('last') AND occurred_on < getvariable('day')
      AND (recorded_at IS NULL OR local_day(recorded_at) < getvariable('day'))
)
JOIN cheapest USING (customer_id)
ANTI JOIN (SELECT customer_id FROM used WHERE kind = 'redeem') AS chose USING (customer_id)
WHERE usable_on <= getvariable('day') AND units <> 0
QUALIFY sum(units) FILTER (units > 0) OVER (PARTITION BY customer_id) >= cost;

CREATE OR REPLACE TEMP TABLE reached AS
WITH takers AS (
    SELECT customer_id
    FROM waiting
    GROUP BY customer_id
    HAVING bool_or(units < 0 AND kind <> 'expire')
        OR bool_or(units < 0) AND bool_or(units > 0 AND last_on = DATE '9999-12-31')
),
changes AS (
    SELECT customer_id, usable_on AS day, units, cost FROM waiting ANTI JOIN takers USING (customer_id) WHERE units > 0
    UNION ALL
    SELECT customer_id, last_on + 1, -units, cost
    FROM waiting
    ANTI JOIN takers USING (customer_id)
    WHERE units > 0 AND last_on < getvariable('day')
),
evenings AS (
    SELECT customer_id, day, cost,
           sum(sum(units)) OVER (PARTITION BY customer_id ORDER BY day ROWS UNBOUNDED PRECEDING) AS left_over
    FROM changes
    GROUP BY customer_id, day, cost
),
steps AS (
    SELECT customer_id, usable_at, {
        'on_day': usable_on, 'is_expiry': kind = 'expire' AND units < 0,
        'taken': greatest(0, -units)::DECIMAL(18, 4), 'cost': cost, 'reached_on': NULL::DATE,
        'lots': list_filter([{'last_on': last_on, 'place': 0, 'units': units, 'redeemed': 0::DECIMAL(18, 4),
                              'expired': 0::DECIMAL(18, 4)}], lambda lot: lot.units > 0)
    } AS step
    FROM waiting
    SEMI JOIN takers USING (customer_id)
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
SELECT customer_id, min(day) AS reached_on
FROM evenings
WHERE left_over >= cost
GROUP BY customer_id
UNION ALL
SELECT customer_id,
       coalesce(ended.reached_on, CASE WHEN all_left_of(ended.lots) >= ended.cost THEN ended.on_day END) AS reached_on
FROM walked
WHERE reached_on IS NOT NULL;
