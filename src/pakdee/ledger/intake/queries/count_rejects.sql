-- What:  how many rows and values were set aside, and why.
-- Grain: one row per table and reason.
SELECT of_table, reason, count(*) AS n FROM rejects GROUP BY ALL ORDER BY ALL;
