-- What:   until when the provider asked everyone to wait.
-- Grain:  one row, or none when nobody has to wait.
-- Params: now, beyond
SELECT paced_until FROM meta WHERE paced_until > :now AND paced_until <= :beyond
