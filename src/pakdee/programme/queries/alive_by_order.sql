-- What:  days on which an order kept units alive.   Grain: one row per customer and day.
SELECT DISTINCT customer_id, day AS starts, day AS ends FROM facts_orders WHERE {is_an_order}
