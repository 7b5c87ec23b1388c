-- What:  everything that was booked on the accounts of the range.
-- Grain: one row per entry; units are negative where they were taken.   Params: `last_on` and `sessions` are filled in.
-- Why:   all of a customer's entries together are what is left and what is still to come.
SELECT x.customer_id, x.kind, x.rule, x.source, x.lot, x.day, x.available_on, x.units, {last_on} AS last_on
FROM (
    SELECT customer_id, 'earn' AS kind, rule, source, lot, day, available_on, units FROM earned
    UNION ALL SELECT customer_id, 'adjust', rule, source, lot, day, available_on, units FROM given
) AS x
{sessions}
UNION ALL
SELECT customer_id, 'reverse', rule, source, lot, day, greatest(day, available_on), -units, NULL FROM reversals
UNION ALL
SELECT customer_id, kind, rule, source, NULL, day, day, -units, NULL FROM used WHERE source IS NOT NULL
UNION ALL
SELECT customer_id, 'redeem', rule, source, NULL, day, day, -units, NULL FROM bought
UNION ALL
SELECT customer_id, 'expire', 'expiry', lot, lot, last_on + 1, last_on + 1, -units, last_on FROM ran_out
