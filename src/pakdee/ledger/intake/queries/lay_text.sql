-- What:  a text file with separators, as it is: every cell text, in the file's order.
-- Grain: one row per line of the file (a quoted cell may span lines).
-- Why:   nothing is guessed about types; a line with too many or too few cells goes to reject_errors and the
--        rest is read. Reading order is the row id, so that a row can be named to people.
CREATE TABLE {raw} AS
SELECT * FROM read_csv(
    {file},
    columns = {columns},
    delim = {delimiter},
    skip = {skip},
    header = true,
    auto_detect = false,
    quote = '"',
    escape = '"',
    strict_mode = {strict},
    store_rejects = true,
    rejects_limit = 0,
    max_line_size = 16777216
);
