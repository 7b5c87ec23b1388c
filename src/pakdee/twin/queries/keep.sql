-- What:   something that was set while the twin ran.
-- Grain:  one row per name.
-- Params: name, value (JSON).
-- Why:    it holds after a restart.
INSERT INTO kept (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value
