-- What:  days on which spending kept units alive.   Grain: one row per customer and day.
SELECT DISTINCT customer_id, day AS starts, day AS ends FROM facts_entries WHERE kind = 'redeem'
