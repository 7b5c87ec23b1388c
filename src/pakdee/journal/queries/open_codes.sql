-- What:   codes that may yet be used, and the first day of each; NULL where it can be used at once.
-- Grain:  one row per offer.
-- Params: since (offers that expired before are left out)
SELECT code, starts_on FROM offer WHERE redeemed_on IS NULL AND code IS NOT NULL AND expires_on >= :since
