-- What:   marks that move whenever something happened that is worth showing.
-- Grain:  one row.
-- Why:    each is the end of an index or of a small table, so that it can be asked at every look; what was
--         counted is counted again only when one has moved.
SELECT (SELECT epoch FROM meta) AS epoch,
       (SELECT MAX(finished_at) FROM run) AS run_at,
       (SELECT MAX(claimed_at) FROM attempt) AS claimed_at,
       (SELECT COUNT(*) FROM batch WHERE state IN ('queued', 'sending', 'unknown')) AS open_batches,
       (SELECT MAX(ingested_at) FROM webhook_inbox) AS ingested_at,
       (SELECT MAX(id) FROM consent) AS consent,
       (SELECT MAX(id) FROM suppression) AS suppression
