-- What:   the next free codes of a grant, in the order of their file.
-- Grain:  one row per code.
-- Params: grant, most
SELECT code FROM pool_code WHERE grant_id = :grant AND is_free ORDER BY place LIMIT :most
