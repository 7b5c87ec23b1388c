-- What:   customers of a batch who cannot get it, since their key, or their place on that day, is taken.
-- Grain:  one row per message that stands in the way or may: of the same step, or counting on the same day.
-- Params: campaign, step, due_on, run, needs_day (the batch counts unless it is a test), customers (a list)
-- Why:    read only after an insert was refused, so the usual case pays nothing for it.
SELECT m.customer_id,
       CASE WHEN m.campaign = :campaign AND m.step = :step THEN m.occasion END AS occasion,
       m.counts AND m.due_on = :due_on AND :needs_day AND NOT r.is_test AS same_day
FROM message m JOIN run r ON r.id = :run
WHERE m.customer_id IN :customers
  AND ((m.campaign = :campaign AND m.step = :step) OR (m.counts AND m.due_on = :due_on))
