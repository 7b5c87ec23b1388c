-- What:   what the twin holds.
-- Grain:  one row.
-- Params: none.
-- Why:    `repeated` is the number to watch: messages whose reference came before.
SELECT
    (SELECT COUNT(*) FROM request) AS requests,
    (SELECT COUNT(*) FROM message) AS messages,
    (SELECT COUNT(reference) - COUNT(DISTINCT reference) FROM message) AS repeated,
    (SELECT COUNT(*) FROM scheduled) AS scheduled,
    (SELECT COUNT(*) FROM message WHERE id > (SELECT message_id FROM told)) AS untold
