-- What:  the activity with which a member's own total was reached for the first time.
-- Grain: one row per customer who reached it.   Params: `type`, `worth` and `goal` are filled in.
(
    SELECT customer_id, source, day, happened_at, NULL::DECIMAL(18, 4) AS value
    FROM (
        SELECT *, sum({worth}) OVER (PARTITION BY customer_id ORDER BY day, happened_at, source
                                     ROWS UNBOUNDED PRECEDING) AS total
        FROM facts_activities
        WHERE type = {type}
    )
    WHERE total >= {goal}
    QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY day, happened_at, source) = 1
)
