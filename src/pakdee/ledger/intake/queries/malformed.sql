-- What:  lines that do not have as many cells as there are headings.
-- Grain: one row per such line.   Params: table, reason.
-- Why:   DuckDB collects them per scan; `line` counts from the top of the file, titles and headings included.
INSERT INTO rejects
SELECT DISTINCT ?, line, '', ?, true FROM reject_errors;
