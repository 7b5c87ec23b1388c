-- What:  what refunds take back, with the last day of the units that are taken.
-- Grain: one row per rule, order and day of refunds.
-- Params: `reversed`, `last_on` and `sessions` are filled in.
-- Why:   units that have run out cannot be taken back any more; those that were spent can, and leave a debt.
CREATE OR REPLACE TEMP TABLE reversals AS
SELECT x.*, {last_on} AS last_on
FROM ({reversed}) AS x
{sessions}
WHERE units > 0 AND x.day <= {last_on};
