-- What:  how long ago something was given.
-- Grain: one row per customer from the first to the last one.   Params: first, last (variables, customer ids), day.
CREATE TEMP VIEW benefits AS
SELECT customer_id, getvariable('day') - local_day(last_granted_at) AS days_since_grant
FROM (FROM shop_customers WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN (FROM grant_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id);
