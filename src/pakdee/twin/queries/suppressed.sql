-- What:   a page of one suppression list, newest first.
-- Grain:  one row per address.
-- Params: list; since, until (unix seconds, both inclusive), start (how the address begins, a LIKE pattern),
--         address (lower case), each null when not asked for; limit, offset.
-- Why:    newest first, so that a page shifts when somebody is added while it is read.
SELECT address, created, reason, status FROM suppression
WHERE list = :list AND (:since IS NULL OR created >= :since) AND (:until IS NULL OR created <= :until)
  AND (:start IS NULL OR address LIKE :start ESCAPE '\') AND (:address IS NULL OR address = :address)
ORDER BY created DESC, address LIMIT :limit OFFSET :offset
