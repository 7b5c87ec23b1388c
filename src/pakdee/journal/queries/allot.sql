-- What:   so many more are given out of a budget.
-- Params: grant, period, more
UPDATE allotment SET given = given + :more WHERE grant_id = :grant AND period = :period
