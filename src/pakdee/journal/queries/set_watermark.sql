-- What:   how far a list of the provider has been read.
-- Params: name, at
INSERT INTO watermark (name, reached_at) VALUES (:name, :at)
ON CONFLICT (name) DO UPDATE SET reached_at = excluded.reached_at
