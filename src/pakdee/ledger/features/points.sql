-- What:  points a customer has, and when the first of them run out.
-- Grain: one row per customer from the first to the last one.
-- Params: first, last (variables, customer ids), day (variable).
-- Why:   who never earned any has 0, and no day on which they run out.
CREATE TEMP VIEW points AS
SELECT customer_id,
       coalesce(points_balance, 0) AS points_balance,
       coalesce(points_expiring_30d, 0) AS points_expiring_30d,
       points_expire_on - getvariable('day') AS days_to_next_expiry,
       points_expire_on
FROM (SELECT customer_id FROM shop_customers
      WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN (FROM points_sums
           WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id);
