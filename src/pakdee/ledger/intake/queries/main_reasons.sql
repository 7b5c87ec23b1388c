-- What:  why most rows of a table were set aside.
-- Grain: one row per column and reason, the most frequent three.   Params: table.
SELECT of_column, reason, count(*) AS n FROM rejects WHERE of_table = ? AND whole_row
GROUP BY ALL ORDER BY n DESC, of_column, reason LIMIT 3;
