-- What:   forgets the words of answers given long ago; their scores stay.
-- Params: before
UPDATE answer SET comment = NULL WHERE comment IS NOT NULL AND answered_at < :before
