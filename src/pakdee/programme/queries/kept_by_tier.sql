-- What:  customers who hold a tier whose units never run out.
-- Grain: one row per customer.   Params: `ranks`, `beginning` and `members` are filled in.
SELECT customer_id
FROM (
    SELECT customer_id, arg_max(rank, day) AS rank
    FROM (SELECT customer_id, day, rank FROM tier_history {beginning})
    GROUP BY customer_id
)
{members}
WHERE rank IN ({ranks})
