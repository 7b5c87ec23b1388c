-- What:   the budgets of all grants, to be counted anew.
-- Grain:  one row per grant and period.
-- Why:    PostgreSQL locks the rows, in the order in which planners do.
SELECT grant_id, period FROM allotment ORDER BY grant_id, period
