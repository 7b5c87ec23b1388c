-- What:  of what one rule gives, the first units of each period; what crosses the limit is cut.
-- Grain: that of `given`, which is filled in, as are `period` and `most`.
SELECT * EXCLUDE (before) REPLACE (least(units, {most} - before)::BIGINT AS units)
FROM (
    SELECT *, coalesce(sum(units) OVER (PARTITION BY customer_id, {period} ORDER BY day, happened_at, source
                                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM ({given})
)
WHERE before < {most}
