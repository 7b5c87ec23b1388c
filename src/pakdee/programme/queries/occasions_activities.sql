-- What:  activities of one type as occasions for a grant.
-- Grain: one row per activity.   Params: `type` is filled in.
(
    SELECT customer_id, source, day, happened_at, NULL::DECIMAL(18, 4) AS value
    FROM facts_activities
    WHERE type = {type}
)
