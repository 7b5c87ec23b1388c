-- What:  the highest rung of earlier days: ever, and since the month began.
-- Grain: one row per customer of the range with any deed.
-- Params: day, month_on (its first day), ladder (variables).
-- Why:   what is proven can only come with a deed, or when a deed that spoke against it is a year old; so the days
--        after these are looked at, and the first morning of the month. Clicks are not known day by day.
CREATE TEMP VIEW rungs_before AS
WITH marked AS (
    FROM deeds
    UNION ALL BY NAME
    SELECT customer_id, on_day + 365 AS on_day
    FROM deeds
    WHERE (orders > full_price OR ratings > 0) AND on_day + 365 < getvariable('day')
    UNION ALL BY NAME
    SELECT customer_id, getvariable('month_on') - 1 AS on_day FROM deeds GROUP BY customer_id
),
by_day AS (
    SELECT customer_id, on_day, sum(orders) AS orders, sum(full_price) AS full_price, max(nps) AS nps,
           sum(ratings) AS ratings, sum(stars) AS stars, sum(good) AS good, sum(social) AS social, sum(won) AS won,
           max(plan_until) AS plan_until
    FROM marked
    GROUP BY customer_id, on_day
),
known AS (
    SELECT customer_id, on_day, {
        'ever': sum(orders) OVER ever,
        'orders': sum(orders) OVER lately,
        'days_since': on_day + 1 - max(CASE WHEN orders > 0 THEN on_day END) OVER ever,
        'has_plan': max(plan_until) OVER ever > on_day,
        'nps': last_value(nps IGNORE NULLS) OVER lately,
        'mean_rating': sum(stars) OVER lately / nullif(sum(ratings) OVER lately, 0),
        'ratings': sum(ratings) OVER lately,
        'good': sum(good) OVER lately,
        'clicks': NULL::INTEGER,
        'social': sum(social) OVER lately,
        'full_price': sum(full_price) OVER lately / nullif(sum(orders) OVER lately, 0),
        'won': sum(won) OVER lately
    } AS f
    FROM by_day
    WINDOW ever AS (PARTITION BY customer_id ORDER BY on_day ROWS UNBOUNDED PRECEDING),
           lately AS (PARTITION BY customer_id ORDER BY on_day
                      RANGE BETWEEN INTERVAL 364 DAYS PRECEDING AND CURRENT ROW)
)
SELECT customer_id, max(rung_number(getvariable('ladder'), f)) AS best,
       max(rung_number(getvariable('ladder'), f)) FILTER (on_day >= getvariable('month_on') - 1) AS of_month
FROM known
GROUP BY customer_id;
