-- What:  the highest rung of earlier days: ever, where that is asked, since the month began, and that of a day a month
--        ago with the days since which it was settled.
-- Grain: one row per customer of the range with any deed.
-- Params: day, month_on (its first day), then_from and then_on (those days; unknown where nobody asks), ladder,
--         asks_best, first, last (variables).
-- Why:   what is proven can only come with a deed, or when a deed that spoke against it is a year old; so the days
--        after these are looked at, and the mornings on which the spans begin and end. Clicks are not known day by
--        day. What was done in a year is what was done by its end less what was done by the day before it: windows
--        that slide would cost several times as much.
CREATE TEMP MACRO is_then(on_day) AS
on_day BETWEEN getvariable('then_from')::DATE - 1 AND getvariable('then_on')::DATE - 1;

CREATE TEMP VIEW rungs_before AS
WITH done AS (
    FROM deeds WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')
),
marked AS (
    FROM done
    UNION ALL BY NAME
    SELECT customer_id, on_day + 365 AS on_day
    FROM done
    WHERE (orders > full_price OR ratings > 0) AND on_day + 365 < getvariable('day')
    UNION ALL BY NAME
    SELECT customer_id, getvariable('month_on') - 1 AS on_day FROM done GROUP BY customer_id
    UNION ALL BY NAME
    SELECT customer_id, unnest([getvariable('then_from')::DATE - 1, getvariable('then_on')::DATE - 1]) AS on_day
    FROM done
    WHERE getvariable('then_on') IS NOT NULL
    GROUP BY customer_id
),
by_day AS (
    SELECT customer_id, on_day, sum(orders) AS orders, sum(full_price) AS full_price, max(nps) AS nps,
           sum(ratings) AS ratings, sum(stars) AS stars, sum(good) AS good, sum(social) AS social, sum(won) AS won,
           max(plan_until) AS plan_until
    FROM marked
    GROUP BY customer_id, on_day
),
so_far AS (
    SELECT customer_id, on_day, sum(orders) OVER ever AS orders, sum(full_price) OVER ever AS full_price,
           sum(ratings) OVER ever AS ratings, sum(stars) OVER ever AS stars, sum(good) OVER ever AS good,
           sum(social) OVER ever AS social, sum(won) OVER ever AS won, max(plan_until) OVER ever AS plan_until,
           max(CASE WHEN orders > 0 THEN on_day END) OVER ever AS bought_on,
           last_value(nps IGNORE NULLS) OVER ever AS nps,
           max(CASE WHEN nps IS NOT NULL THEN on_day END) OVER ever AS asked_on
    FROM by_day
    WINDOW ever AS (PARTITION BY customer_id ORDER BY on_day ROWS UNBOUNDED PRECEDING)
),
in_a_year AS (
    SELECT s.customer_id, s.on_day, s.orders AS ever, s.bought_on, s.plan_until,
           CASE WHEN s.asked_on > s.on_day - 365 THEN s.nps END AS nps,
           s.orders - coalesce(b.orders, 0) AS orders, s.full_price - coalesce(b.full_price, 0) AS full_price,
           s.ratings - coalesce(b.ratings, 0) AS ratings, s.stars - coalesce(b.stars, 0) AS stars,
           s.good - coalesce(b.good, 0) AS good, s.social - coalesce(b.social, 0) AS social,
           s.won - coalesce(b.won, 0) AS won
    FROM (
        FROM so_far
        WHERE getvariable('asks_best') OR on_day >= getvariable('month_on') - 1 OR is_then(on_day)
    ) AS s
    ASOF LEFT JOIN so_far AS b ON s.customer_id = b.customer_id AND s.on_day - 365 >= b.on_day
),
proven AS (
    SELECT customer_id, on_day, rung_number(getvariable('ladder'), {
        'ever': ever, 'orders': orders, 'days_since': on_day + 1 - bought_on, 'has_plan': plan_until > on_day,
        'nps': nps, 'mean_rating': stars / nullif(ratings, 0), 'ratings': ratings, 'good': good,
        'clicks': NULL::INTEGER, 'social': social, 'full_price': full_price / nullif(orders, 0), 'won': won
    }) AS number
    FROM in_a_year
)
SELECT customer_id, max(number) AS best,
       max(number) FILTER (on_day >= getvariable('month_on') - 1) AS of_month,
       max(number) FILTER (is_then(on_day)) AS of_then
FROM proven
GROUP BY customer_id;
