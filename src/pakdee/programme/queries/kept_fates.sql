-- What:  lots as they were written, and who used units, by the shop's own entries.
-- Grain: fates, one row per lot; redeemers, one per customer.   Params: day (variable).
CREATE TEMP VIEW fates AS
FROM part;

CREATE TEMP VIEW redeemers AS
SELECT DISTINCT customer_id
FROM point_entries
WHERE lower(kind) IN ('redeem', 'donate') AND units < 0 AND occurred_on < getvariable('day');
