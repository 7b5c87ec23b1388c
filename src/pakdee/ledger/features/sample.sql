-- What:  some customers of a segment, or of all; the condition is filled in.
-- Grain: one row per customer.   Params: n (how many).
-- Why:   ids often follow joining, so the first ones would all be old customers; a hash mixes them, and gives
--        the same ones every time.
SELECT customer_id
FROM features {where}
ORDER BY md5(customer_id), customer_id
LIMIT $n;
