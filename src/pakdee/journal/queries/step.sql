-- What:   moves the journal's counter on.
-- Grain:  one row, or none when it has fallen behind the number beside it.
-- Params: beside
UPDATE meta SET epoch = epoch + 1 WHERE epoch >= :beside RETURNING epoch
