-- What:  nobody's tiers are settled yet.
-- Grain: tier_settled, customers whose tiers will not change any more; tier_history_before, tiers of the turn before.
-- Why:   where tiers and units depend on each other, turn after turn settles more customers; see `settled`.
CREATE OR REPLACE TEMP TABLE tier_settled AS SELECT NULL::VARCHAR AS customer_id WHERE false;

CREATE OR REPLACE TEMP TABLE tier_history_before AS
SELECT NULL::VARCHAR AS customer_id, NULL::DATE AS day, NULL::INTEGER AS rank, NULL::DATE AS ends_on,
       NULL::VARCHAR AS reason
WHERE false;
