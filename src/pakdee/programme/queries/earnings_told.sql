-- What:  the features of what was earned, and of how much of it was used.
-- Grain: one row per customer of the range.
-- Params: day, first, last (variables); `earnings`, lots where they are there, is filled in.
-- Why:   what a refund took back counts on the day on which it was earned. Units given away were used, but not
--        redeemed; those that the shop took back were neither.
CREATE OR REPLACE TEMP VIEW earnings_told AS
WITH counted AS (
    SELECT customer_id, sum(earned) AS earned, sum(earned_lately) AS earned_lately FROM {earnings} GROUP BY customer_id
),
spent AS (
    SELECT customer_id, sum(units) FILTER (kind = 'redeem') AS redeemed,
           sum(units) FILTER (day >= getvariable('day') - 365) AS used_lately
    FROM used
    WHERE kind IN ('redeem', 'donate')
    GROUP BY customer_id
)
SELECT customer_id, coalesce(earned_lately, 0) AS points_earned_365d, coalesce(used_lately, 0) AS points_used_365d,
       CASE WHEN earned > 0 THEN coalesce(redeemed, 0) / earned END AS redemption_rate
FROM (SELECT customer_id FROM part WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN counted USING (customer_id)
LEFT JOIN spent USING (customer_id);
