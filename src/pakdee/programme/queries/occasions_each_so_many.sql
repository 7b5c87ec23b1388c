-- What:  the activities with which a member's own total came to another so many.
-- Grain: one row per activity that did, even where it came to several at once.
-- Params: `type`, `worth` and `goal` are filled in.
-- Why:   amounts are added as whole numbers of ten-thousandths, so that none is missed by a hair.
(
    SELECT customer_id, source, day, happened_at, NULL::DECIMAL(18, 4) AS value
    FROM (
        SELECT *, ({worth} * 10000)::HUGEINT AS worth,
               sum(({worth} * 10000)::HUGEINT) OVER (
                   PARTITION BY customer_id ORDER BY day, happened_at, source ROWS UNBOUNDED PRECEDING
               )::HUGEINT AS total
        FROM facts_activities
        WHERE type = {type}
    )
    WHERE total // ({goal} * 10000)::HUGEINT > (total - worth) // ({goal} * 10000)::HUGEINT
)
