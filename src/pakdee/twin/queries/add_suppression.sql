-- What:   one address on one of SendGrid's lists.
-- Grain:  one row per list and address.
-- Params: list, address in lower case, created (unix seconds), reason, status (both may be empty).
-- Why:    the first entry stays, as at SendGrid.
INSERT OR IGNORE INTO suppression (list, address, created, reason, status) VALUES (?, ?, ?, ?, ?)
