-- What:  what customers did day by day, as far as the ladder goes by it.
-- Grain: one row per customer of the range and day with any such deed.
-- Params: day, since, first, last (variables): days from `since` to before `day`; tells_offers (variable).
-- Why:   an order that came back whole is no order on any day. Where a plan ends is told on the day it began, or on
--        the first one; what lapsed since was active in its days. A shop that tells of no offers does not say that
--        everything was bought at full price.
CREATE TEMP VIEW deeds AS
SELECT customer_id, on_day, coalesce(sum(orders), 0) AS orders, sum(full_price) AS full_price,
       max(nps) AS nps, coalesce(sum(ratings), 0) AS ratings, coalesce(sum(stars), 0) AS stars,
       coalesce(sum(good), 0) AS good, coalesce(sum(social), 0) AS social, coalesce(sum(won), 0) AS won,
       max(plan_until) AS plan_until
FROM (
    SELECT customer_id, ordered_on AS on_day, count(*) AS orders,
           CASE WHEN getvariable('tells_offers')
                THEN count(*) FILTER (coalesce(discount_amount, 0) <= 0 AND offer_id IS NULL) END AS full_price
    FROM kept_orders(getvariable('day'))
    WHERE kept > 0
    GROUP BY customer_id, ordered_on
    UNION ALL BY NAME
    SELECT customer_id, local_day(answered_at) AS on_day, max((answered_at, response_id, score))[3] AS nps
    FROM shop_survey_responses
    WHERE is_nps(question, score, scale_max) AND answered_at < begins(getvariable('day'))
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT customer_id, occurred_on AS on_day, count(*) FILTER (rating BETWEEN 1 AND 5) AS ratings,
           sum(rating) FILTER (rating BETWEEN 1 AND 5) AS stars,
           count(*) FILTER (rating BETWEEN 4 AND 5 AND lower(type) = 'review') AS good,
           least(5, sum(social_weight(type))) AS social
    FROM shop_activities
    WHERE occurred_on < getvariable('day') AND (rating IS NOT NULL OR social_weight(type) > 0)
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT referrer_id AS customer_id, local_day(won_at) AS on_day, count(*) AS won
    FROM friends_won
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT customer_id, greatest(started_on, getvariable('since')) AS on_day,
           coalesce(ends_on, DATE '9999-12-31') AS plan_until
    FROM shop_memberships
    WHERE started_on < getvariable('day')
      AND CASE lower(status) WHEN 'active' THEN true WHEN 'trial' THEN false ELSE ends_on >= started_on END
)
WHERE customer_id BETWEEN getvariable('first') AND getvariable('last') AND on_day >= getvariable('since')
GROUP BY customer_id, on_day;
