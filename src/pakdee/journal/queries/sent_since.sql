-- What:   messages that were sent, or tried, since an instant.
-- Grain:  one row.
-- Params: since
-- Why:    by the latest claim of their batch, so that one tried again counts once, on its last day; whatever
--         became of it, since the provider saw it. Tests are left out.
SELECT COALESCE(SUM(size), 0) AS messages FROM batch WHERE claimed_at >= :since AND NOT is_test
