-- What:  what refunds take back of what one rule gave.
-- Grain: one row per order and day of refunds.
-- Params: `name`, `facts`, `fits`, `available`, `before`, `after`, `grouped`, `given` and `most` are filled in.
-- Why:   an order earns what the amount that is kept of it would have earned, and never more than it did.
SELECT customer_id, rule, source || ':' || refunded_on AS source, rule || ':' || source AS lot, earned_on,
       available_on, refunded_on AS day, (least({most}, before) - least({most}, after))::BIGINT AS units
FROM (
    SELECT customer_id, {name} AS rule, source, day AS earned_on, {available} AS available_on, refunded_on,
           {before} AS before, {after} AS after
    FROM {facts}
    WHERE {fits}
    {grouped}
) AS steps
{given}
