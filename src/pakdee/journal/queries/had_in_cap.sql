-- What:   how many of a grant these customers have had in a period.
-- Grain:  one row per customer who has had any.
-- Params: grant, period, customers (a list)
SELECT customer_id, MAX(cap_place) AS had FROM offer
WHERE grant_id = :grant AND cap_period = :period AND customer_id IN :customers
GROUP BY customer_id
