-- What:   forgets a grant's codes that nobody got, before those of its file are read again.
-- Params: grant
DELETE FROM pool_code WHERE grant_id = :grant AND is_free
