-- What:   how far the consent and suppression logs have come.
-- Grain:  one row.
-- Why:    a run remembers it, and a claim asks what came after.
SELECT (SELECT COALESCE(MAX(id), 0) FROM consent) AS seen_consent,
       (SELECT COALESCE(MAX(id), 0) FROM suppression) AS seen_suppression
