-- What:  rows that stand in the file more than once: identical ones are kept once, conflicting ones not at all.
-- Grain: one reject per row that goes.
-- Why:   which of two conflicting rows is true cannot be known, and the place in the file must not decide.
--        Only keys that occur twice are looked at closely, so that the common case is one grouping.
INSERT INTO rejects
WITH valid AS (SELECT * EXCLUDE (_fault, _slips) FROM {typed} WHERE _fault IS NULL),
twice AS (SELECT {key} FROM valid GROUP BY {key} HAVING count(*) > 1),
doubtful AS (SELECT valid.* FROM valid SEMI JOIN twice USING ({key})),
described AS (SELECT _row, {key}, CAST(row({content}) AS VARCHAR) AS content FROM doubtful),
judged AS (
    SELECT
        _row,
        count(DISTINCT content) OVER (PARTITION BY {key}) AS versions,
        row_number() OVER (PARTITION BY {key} ORDER BY _row) AS turn
    FROM described
)
SELECT {table}, _row, {first_key},
    CASE WHEN versions = 1 THEN {identical} ELSE {conflict} END, true
FROM judged WHERE versions > 1 OR turn > 1;
