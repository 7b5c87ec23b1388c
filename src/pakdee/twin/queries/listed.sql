-- What:   the list an address is on.
-- Grain:  at most one row per address; any list will do, they all drop mail.
-- Params: addresses (JSON array, lower case).
-- Why:    SendGrid drops mail to these and says so with an event; a block suppresses nothing.
SELECT address, MIN(list) AS list FROM suppression
WHERE address IN (SELECT value FROM json_each(:addresses)) AND list <> 'blocks' GROUP BY address
