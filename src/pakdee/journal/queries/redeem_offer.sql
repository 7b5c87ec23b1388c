-- What:   a code was used. One that had expired unused counts in its budget again.
-- Params: code, day, order
UPDATE offer SET redeemed_on = :day, order_id = :order, released = NULL
WHERE code = :code AND redeemed_on IS NULL
