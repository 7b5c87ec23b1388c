-- What:   customers of a batch who cannot get it, since their key, or their place on that day, is taken.
-- Grain:  one row per customer and occasion that stands in the way; occasion is empty where the day does.
-- Params: campaign, step, due_on, counts, customers (a list)
-- Why:    read only after an insert was refused, so the usual case pays nothing for it.
SELECT customer_id, occasion, campaign = :campaign AND step = :step AS same_step,
       counts AND due_on = :due_on AS same_day
FROM message
WHERE customer_id IN :customers
  AND ((campaign = :campaign AND step = :step) OR (:counts AND counts AND due_on = :due_on))
