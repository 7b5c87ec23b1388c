-- What:  of what one rule gives, the first facts of each period.
-- Grain: that of `given`, which is filled in, as are `period` and `most`.
SELECT *
FROM ({given})
QUALIFY row_number() OVER (PARTITION BY customer_id, {period} ORDER BY day, happened_at, source) <= {most}
