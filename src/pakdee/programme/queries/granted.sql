-- What:  one grant that the programme gives by itself.
-- Grain: one row per time it was given.
-- Params: `occasions`, which has customer_id, source, day, happened_at and value, and all else are filled in.
SELECT customer_id, {name} AS "grant", source, day, (day + {valid})::DATE AS valid_to, happened_at,
       coalesce({value}, value)::DECIMAL(18, 4) AS value, {cause} AS cause
FROM {occasions}
WHERE {fits}
