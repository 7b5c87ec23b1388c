-- What:  what each order adds to what tiers go by: as it was bought, and as it is known now.
-- Grain: one row per order of a known customer.   Params: day (variable); `bought` and `kept` are filled in.
CREATE OR REPLACE TEMP VIEW tier_amounts AS
SELECT customer_id, ordered_on AS day, {bought} AS bought, {kept} AS kept
FROM kept_orders(getvariable('day'))
WHERE recorded_at IS NULL OR local_day(recorded_at) < getvariable('day');
