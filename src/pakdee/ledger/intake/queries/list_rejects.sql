-- What:  what was set aside, row by row.
-- Grain: one row per source row and column, the first by table and row.   Params: most rows wanted.
SELECT of_table, of_row, of_column, reason, whole_row FROM rejects ORDER BY ALL LIMIT ?;
