-- What:  what a customer did besides buying.
-- Grain: one row per customer from the first to the last one.   Params: first, last (variables, customer ids).
-- Why:   who did nothing has done 0 things.
CREATE TEMP VIEW acts AS
SELECT customer_id,
       coalesce(activity_count_365d, 0) AS activity_count_365d,
       coalesce(social_points_365d, 0) AS social_points_365d,
       coalesce(reviews_missing, 0) AS reviews_missing
FROM (FROM shop_customers WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN (FROM act_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id)
LEFT JOIN (FROM social_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id)
LEFT JOIN (FROM review_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id);
