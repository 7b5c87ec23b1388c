-- What:   a code was used. One that had expired unused counts in its budget again; before its
--         first day none is.
-- Params: code, day, order
UPDATE offer SET redeemed_on = :day, order_id = :order, released = NULL
WHERE code = :code AND redeemed_on IS NULL AND (starts_on IS NULL OR starts_on <= :day)
