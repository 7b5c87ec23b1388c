-- What:  raw text as typed columns, with what is wrong with a row.
-- Grain: one row per source row, or per value of the column that several rows share.
-- Why:   `_fault` (the first thing wrong with a column the row cannot do without) sets the row aside, `_slips`
--        (what is wrong with optional columns, one per line) only leaves values out; both as column and reason.
CREATE TABLE {typed} AS
WITH texts AS (
    SELECT
        {row} AS _row,
        {texts}
    FROM {raw}
),
grouped AS ({grouped}),
typed AS (
    SELECT
        grouped.*,
        {values}
    FROM grouped {lookup}
)
SELECT
    _row,
    {kept},
    {fault} AS _fault,
    nullif(concat_ws(chr(10), {slips}), '') AS _slips
FROM typed;
