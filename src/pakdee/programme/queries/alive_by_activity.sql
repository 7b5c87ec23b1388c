-- What:  days on which an activity kept units alive.   Grain: one row per customer and day.
SELECT DISTINCT customer_id, day AS starts, day AS ends FROM facts_activities WHERE type = {type}
