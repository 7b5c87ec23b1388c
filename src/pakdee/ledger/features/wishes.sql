-- What:  wishes that can be met now, and the place a customer named.
-- Grain: one row per customer from the first to the last one.   Params: first, last (variables, customer ids).
-- Why:   who asked for nothing has 0 wishes and an empty list, over which a loop writes nothing.
CREATE TEMP VIEW wishes AS
SELECT customer_id,
       coalesce(wishes, 0) AS wishes_in_stock,
       list_transform(coalesce(latest, []), lambda wish: {'title': wish[2]}) AS wished_goods,
       nullif(array_to_string(list_transform(
           coalesce(latest, []),
           lambda wish: replace(wish[3], ' ', '_') || '@' || wish[4]::VARCHAR
       ), ' '), '') AS wishes_told,
       place AS stated_place
FROM (FROM shop_customers WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN (FROM wish_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id)
LEFT JOIN (FROM place_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id);
