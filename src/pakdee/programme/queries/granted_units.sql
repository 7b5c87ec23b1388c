-- What:  units that one grant of the programme put into accounts, after the units of others.
-- Grain: one row per lot.   Params: `units` and `granted` are filled in.
UNION ALL
SELECT customer_id, "grant" AS rule, source, "grant" || ':' || source AS lot, day, day AS available_on, happened_at,
       {units}::BIGINT AS units
FROM ({granted})
