-- What:  customers who hold a tier whose units never run out.
-- Grain: one row per customer.   Params: `ranks` is filled in.
SELECT customer_id
FROM tier_history
GROUP BY customer_id
HAVING arg_max(rank, day) IN ({ranks})
