-- What:   takes back the offers of a run's messages.
-- Params: run, campaign (or * for all)
DELETE FROM offer WHERE message_id IN (
    SELECT m.message_id FROM batch b JOIN message m ON m.batch_id = b.id
    WHERE b.run_id = :run AND (b.campaign = :campaign OR :campaign = '*'))
