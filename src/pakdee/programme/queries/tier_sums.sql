-- What:  what each customer has in the window of today, and who may ever have reached a second level.
-- Grain: tier_sums, one row per customer with something that counts; tier_candidates, the few of them that the
--        walk through their life is for.
-- Params: day, window_from, tiers_from, tiers_by_years, second_level, first, last (variables).
-- Why:   no window holds more than everything ever bought, and most customers never bought so much. Where no more
--        than three calendar years are looked at, each can be told apart at no cost. What a return without its
--        order takes from a window that slides, only the walk can tell.
CREATE OR REPLACE TEMP MACRO years_back(on_day) AS year(getvariable('day')) - year(on_day);

CREATE OR REPLACE TEMP TABLE tier_sums AS
SELECT customer_id, coalesce(sum(kept) FILTER (day >= getvariable('window_from')), 0) AS total,
       CASE WHEN getvariable('tiers_by_years')
            THEN greatest(sum(bought) FILTER (years_back(day) = 0), sum(bought) FILTER (years_back(day) = 1),
                          sum(bought) FILTER (years_back(day) = 2))
            ELSE sum(bought) END AS most,
       getvariable('window_slides') AND bool_or(kept < 0) AS has_returns
FROM tier_amounts
WHERE day >= getvariable('tiers_from') AND customer_id BETWEEN getvariable('first') AND getvariable('last')
GROUP BY customer_id;

CREATE OR REPLACE TEMP TABLE tier_candidates AS
SELECT customer_id
FROM tier_sums
ANTI JOIN tier_settled USING (customer_id)
WHERE most >= getvariable('second_level') OR has_returns;
