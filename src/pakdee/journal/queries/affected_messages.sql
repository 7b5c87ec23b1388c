-- What:   messages of a batch that must not be sent any more.
-- Grain:  one row per message.
-- Params: batch, needs_consent, seen_consent, seen_suppression
-- Why:    the plan has weighed all it saw against dated grants; so of the consent log, and of addresses that
--         unsubscribed, only what came after the run started blocks, and only where consent is needed.
--         An entry the plan had not seen blocks whatever its own date, unless a later one stands; the next plan
--         weighs it. Bounced, complained and invalid addresses block every purpose, seen or not.
SELECT m.message_id,
       CASE WHEN EXISTS (
           SELECT 1 FROM suppression s
           WHERE s.address_hash = m.address_hash
             AND (s.reason <> 'unsubscribed' OR (:needs_consent AND s.id > :seen_suppression))
       ) THEN 'suppressed' ELSE 'withdrawn' END AS reason
FROM message m
WHERE m.batch_id = :batch AND (
    EXISTS (
        SELECT 1 FROM suppression s
        WHERE s.address_hash = m.address_hash
          AND (s.reason <> 'unsubscribed' OR (:needs_consent AND s.id > :seen_suppression)))
    OR (:needs_consent AND EXISTS (
        SELECT 1 FROM consent c
        WHERE c.customer_id = m.customer_id AND c.state = 'withdrawn' AND c.id > :seen_consent
          AND NOT EXISTS (
              SELECT 1 FROM consent newer
              WHERE newer.customer_id = c.customer_id AND newer.occurred_at > c.occurred_at))))
ORDER BY reason, m.message_id
