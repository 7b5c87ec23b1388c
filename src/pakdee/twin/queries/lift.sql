-- What:   addresses leave a suppression list.
-- Grain:  one row per address.
-- Params: list, addresses (JSON array, lower case; null for everybody).
-- Why:    SendGrid lets them be mailed again.
DELETE FROM suppression
WHERE list = :list AND (:addresses IS NULL OR address IN (SELECT value FROM json_each(:addresses)))
