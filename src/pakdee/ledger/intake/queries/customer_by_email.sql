-- What:  which customer an e-mail address means.
-- Grain: one row per address that exactly one customer has, in lower case.
-- Why:   an address shared by two customers names neither; such an order is a guest's.
CREATE OR REPLACE TEMP TABLE customer_by_email AS
SELECT lower(email) AS email, any_value(customer_id) AS customer_id
FROM merged_customers WHERE email IS NOT NULL
GROUP BY lower(email) HAVING count(*) = 1;
