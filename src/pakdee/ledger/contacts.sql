-- What:  how some customers are reached but by mail.
-- Grain: one row per customer.
-- Params: none; the table asked (customer_id).
SELECT a.customer_id, p.phone, c.declared_channel
FROM asked a
LEFT JOIN shop_persons p USING (customer_id)
LEFT JOIN shop_customers c USING (customer_id)
