-- What:   how much of these grants' budgets is given out.
-- Grain:  one row per grant and period.
-- Params: grants (a list)
-- Why:    PostgreSQL locks the rows, always in the same order: whoever gives or takes back does so alone.
SELECT grant_id, period, given FROM allotment WHERE grant_id IN :grants ORDER BY grant_id, period
