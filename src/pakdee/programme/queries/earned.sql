-- What:  what one rule gives for the facts that fit it.
-- Grain: one row per fact that earns.
-- Params: `name`, `facts`, `fits`, `available`, `units` and `grouped` are filled in.
SELECT customer_id, {name} AS rule, source, {name} || ':' || source AS lot, day, {available} AS available_on,
       happened_at, ({units})::BIGINT AS units
FROM {facts}
WHERE {fits}
{grouped}
