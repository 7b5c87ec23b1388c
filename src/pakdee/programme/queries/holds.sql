-- What:  whether a grant's condition, that asks for the tier or the plan of the day, held on a `day`.
-- Grain: an expression over `customer_id` and `day`.   Params: `states`, `columns` and `condition` are filled in.
customer_id IN (
    SELECT who
    FROM (
        SELECT s.customer_id AS who, s.starts, s.ends, s.tier, s.plan{columns}
        FROM {states} AS s
        JOIN part AS p USING (customer_id)
    )
    WHERE day BETWEEN starts AND ends AND ({condition})
)
