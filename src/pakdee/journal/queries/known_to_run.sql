-- What:   what a run remembers of the moment it starts: how far the logs have come, and which journal this is.
-- Grain:  one row.
-- Params: day, is_test
-- Why:    a claim asks what came after; and of a day that a lost journal may have sent or, against a twin,
--         rehearsed, nothing is sent again.
SELECT (SELECT COALESCE(MAX(id), 0) FROM consent) AS seen_consent,
       (SELECT COALESCE(MAX(id), 0) FROM suppression) AS seen_suppression,
       (SELECT generation FROM meta) AS generation,
       NOT :is_test AND EXISTS (SELECT 1 FROM restoration WHERE :day <= to_day) AS is_restored
