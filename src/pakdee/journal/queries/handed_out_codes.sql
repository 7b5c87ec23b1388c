-- What:   codes of pools that were handed out.
-- Grain:  one row per code.
SELECT code FROM pool_code WHERE NOT is_free
