-- What:  times in which what is known of a candidate's earlier days stayed as it was; each has a history of its own.
-- Grain: one row per candidate and epoch.   Params: day, known_first, whole_history (variables).
-- Why:   a refund that comes later changes the days from its order on, yet not what was true before it came. Who
--        asks for the tier of today and of one earlier day alone needs no more than two epochs.
CREATE OR REPLACE TEMP TABLE tier_epochs AS
WITH begun AS (
    SELECT customer_id, getvariable('known_first') AS known_by
    FROM tier_candidates
    UNION
    SELECT customer_id, CASE WHEN getvariable('whole_history') THEN known_on ELSE getvariable('day') - 1 END
    FROM tier_news
    WHERE known_on > getvariable('known_first')
)
SELECT row_number() OVER () AS epoch, customer_id, known_by,
       known_by = min(known_by) OVER (PARTITION BY customer_id) AS is_first,
       lead(known_by, 1, getvariable('day')) OVER (PARTITION BY customer_id ORDER BY known_by) AS shown_until
FROM begun;
