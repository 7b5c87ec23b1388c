-- What:   what is stopped now, longest first.
-- Grain:  one row per scope; * stands for everything.
SELECT scope, because, stopped_by, stopped_at FROM stop WHERE resumed_at IS NULL ORDER BY stopped_at, scope
