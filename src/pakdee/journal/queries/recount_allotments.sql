-- What:   each budget is given out as often as its offers count.
-- Why:    counted, not added up, so that the number cannot drift; the rows are locked by then.
UPDATE allotment SET given = (
    SELECT COUNT(*) FROM offer o
    WHERE o.grant_id = allotment.grant_id AND o.budget_period = allotment.period AND o.released IS NULL)
