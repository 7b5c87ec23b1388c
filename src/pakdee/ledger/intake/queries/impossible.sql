-- What:  rows that contradict themselves.
-- Grain: one reject per such row that was not set aside before.
INSERT INTO rejects
SELECT {table}, _row, {column}, {reason}, true
FROM {typed}
WHERE _fault IS NULL AND ({condition})
    AND _row NOT IN (SELECT of_row FROM rejects WHERE of_table = {table} AND whole_row);
