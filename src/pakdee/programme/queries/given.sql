-- What:  units that were given: by the shop, by campaigns, by grants of the programme.
-- Grain: one row per lot.   Params: `kind` of the relation and `granted` are filled in.
-- Why:   what grants give may hang on tiers, so it is known after these.
CREATE OR REPLACE TEMP {kind} given AS
FROM added
{granted}
