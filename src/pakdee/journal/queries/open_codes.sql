-- What:   codes that may yet be used.
-- Grain:  one row per offer.
-- Params: since (offers that expired before are left out)
SELECT code FROM offer WHERE redeemed_on IS NULL AND code IS NOT NULL AND expires_on >= :since
