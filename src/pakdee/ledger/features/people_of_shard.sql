-- What:  customers with what is needed to reach them, their features and conditions.
-- Grain: one row per customer from the first to the last one, in order.
-- Params: first, last (variables, customer ids); the columns are filled in.
-- Why:   persons lie apart from features, so that an erasure need not touch any run's table. Each table is
--        narrowed by itself, and by variables rather than parameters, so that other row groups stay unread.
SELECT features.customer_id, {columns}
FROM (
    SELECT * FROM features WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')
) AS features
LEFT JOIN (
    SELECT * FROM customers WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')
) AS customers USING (customer_id)
LEFT JOIN (
    SELECT * FROM persons WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')
) AS persons USING (customer_id)
ORDER BY features.customer_id;
