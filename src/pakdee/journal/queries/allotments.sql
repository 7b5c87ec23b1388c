-- What:   how much of each budget is given out.
-- Grain:  one row per grant and period.
SELECT grant_id, period, given FROM allotment
