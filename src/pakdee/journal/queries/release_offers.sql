-- What:   takes back the offers of a run, those of customers who get no mail too.
-- Params: run, campaign (or * for all)
DELETE FROM offer WHERE (customer_id, campaign, step, occasion) IN (
    SELECT m.customer_id, m.campaign, m.step, m.occasion FROM batch b JOIN message m ON m.batch_id = b.id
    WHERE b.run_id = :run AND (b.campaign = :campaign OR :campaign = '*')
    UNION ALL
    SELECT m.customer_id, m.campaign, m.step, m.occasion FROM message m
    WHERE m.run_id = :run AND m.batch_id IS NULL AND (m.campaign = :campaign OR :campaign = '*'))
