-- What:  the rows of a typed table that are kept, as they will be stored.
-- Grain: one row per kept source row.
CREATE VIEW {clean} AS
SELECT {columns}
FROM {typed}
WHERE _fault IS NULL
    AND _row NOT IN (SELECT of_row FROM rejects WHERE of_table = {table} AND whole_row);
