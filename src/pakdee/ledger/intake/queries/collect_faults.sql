-- What:  faults and slips of a typed table, as rejects.
-- Grain: one row per fault, and per slip of a row without fault.
INSERT INTO rejects
SELECT {table}, _row, split_part(_fault, chr(9), 1), split_part(_fault, chr(9), 2), true
FROM {typed} WHERE _fault IS NOT NULL
UNION ALL
SELECT {table}, _row, split_part(slip, chr(9), 1), split_part(slip, chr(9), 2), false
FROM (SELECT _row, unnest(string_split(_slips, chr(10))) AS slip FROM {typed} WHERE _slips IS NOT NULL AND _fault IS NULL);
