-- What:  what is left to say of lines once they are summed.
-- Grain: one row per customer.   Params: day (variable).
-- Why:   nothing bought is no category, but days to running out are unknown.
CREATE TEMP VIEW assortment AS
SELECT * REPLACE (coalesce(category_count_365d, 0) AS category_count_365d),
       first_runs_out_on - getvariable('day') AS days_to_replenishment
FROM habits;
