-- What:   the provider was told to forget a cancellation.
-- Params: attempt, now
UPDATE attempt SET released_at = :now WHERE id = :attempt AND cancelled_at IS NOT NULL AND released_at IS NULL
