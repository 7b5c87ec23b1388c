-- What:  the features of what was earned.
-- Grain: one row per customer of the range.   Params: day, first, last (variables).
-- Why:   what a refund took back counts on the day on which it was earned.
CREATE OR REPLACE TEMP VIEW earnings_told AS
WITH counted AS (
    SELECT customer_id, sum(units) AS earned,
           sum(units) FILTER (day >= getvariable('day') - 365) AS earned_lately
    FROM (
        SELECT customer_id, day, units FROM earned
        UNION ALL SELECT customer_id, earned_on, -units FROM reversals
    )
    GROUP BY customer_id
),
spent AS (SELECT customer_id, sum(units) AS redeemed FROM used WHERE kind = 'redeem' GROUP BY customer_id)
SELECT customer_id, coalesce(earned_lately, 0) AS points_earned_365d,
       CASE WHEN earned > 0 THEN coalesce(redeemed, 0) / earned END AS redemption_rate
FROM (SELECT customer_id FROM part WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN counted USING (customer_id)
LEFT JOIN spent USING (customer_id);
