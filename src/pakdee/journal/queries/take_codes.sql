-- What:   codes are handed out, once and for all.
-- Params: codes (a list)
UPDATE pool_code SET is_free = FALSE WHERE code IN :codes
