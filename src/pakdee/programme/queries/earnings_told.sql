-- What:  the features of what was earned.
-- Grain: one row per customer of the range.
-- Params: first, last (variables); `earnings`, lots where they are there, is filled in.
-- Why:   what a refund took back counts on the day on which it was earned.
CREATE OR REPLACE TEMP VIEW earnings_told AS
WITH counted AS (
    SELECT customer_id, sum(earned) AS earned, sum(earned_lately) AS earned_lately FROM {earnings} GROUP BY customer_id
),
spent AS (SELECT customer_id, sum(units) AS redeemed FROM used WHERE kind = 'redeem' GROUP BY customer_id)
SELECT customer_id, coalesce(earned_lately, 0) AS points_earned_365d,
       CASE WHEN earned > 0 THEN coalesce(redeemed, 0) / earned END AS redemption_rate
FROM (SELECT customer_id FROM part WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN counted USING (customer_id)
LEFT JOIN spent USING (customer_id);
