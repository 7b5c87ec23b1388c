-- What:  where malformed lines stood.
-- Grain: one row per line, from the top.   Params: table, most lines wanted.
SELECT of_row FROM rejects WHERE of_table = ? AND of_column = '' ORDER BY of_row LIMIT ?;
