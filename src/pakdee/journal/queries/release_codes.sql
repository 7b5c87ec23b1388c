-- What:   codes of a run that is taken back are free again: nobody ever saw them.
-- Params: run, campaign (or * for all)
UPDATE pool_code SET is_free = TRUE WHERE NOT is_free AND code IN (
    SELECT o.code FROM batch b JOIN message m ON m.batch_id = b.id JOIN offer o
         ON o.customer_id = m.customer_id AND o.campaign = m.campaign AND o.step = m.step AND o.occasion = m.occasion
    WHERE b.run_id = :run AND (b.campaign = :campaign OR :campaign = '*')
    UNION ALL
    SELECT o.code FROM message m JOIN offer o
         ON o.customer_id = m.customer_id AND o.campaign = m.campaign AND o.step = m.step AND o.occasion = m.occasion
    WHERE m.run_id = :run AND m.batch_id IS NULL AND (m.campaign = :campaign OR :campaign = '*'))
