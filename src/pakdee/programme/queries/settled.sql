-- What:  whose tiers the last turn left as they were, and how many others there are.
-- Grain: tier_settled, one row per such customer of the range.   Params: first, last (variables).
-- Why:   the same tiers give the same units, and these the same tiers again. So only the others need another turn.
CREATE OR REPLACE TEMP TABLE tier_settled AS
SELECT customer_id
FROM part
ANTI JOIN (
    (SELECT customer_id, day, rank, ends_on FROM tier_history
     EXCEPT SELECT customer_id, day, rank, ends_on FROM tier_history_before)
    UNION ALL
    (SELECT customer_id, day, rank, ends_on FROM tier_history_before
     EXCEPT SELECT customer_id, day, rank, ends_on FROM tier_history)
) AS changed USING (customer_id)
WHERE customer_id BETWEEN getvariable('first') AND getvariable('last');

CREATE OR REPLACE TEMP TABLE tier_history_before AS FROM tier_history;

CREATE OR REPLACE TEMP TABLE tier_standings_before AS FROM tier_standings;

SELECT count(*)
FROM part
ANTI JOIN tier_settled USING (customer_id)
WHERE customer_id BETWEEN getvariable('first') AND getvariable('last');
