-- What:  what the cheapest reward costs that customers of the range may choose today.
-- Grain: one row per customer; null for whom there is none.
-- Params: day, first, last (variables); `cost`, by whom rewards are for, and `members` are filled in.
CREATE OR REPLACE TEMP TABLE cheapest AS
SELECT customer_id, ({cost})::BIGINT AS cost
FROM (
    SELECT customer_id, getvariable('day') AS day
    FROM part
    WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')
)
{members};
