-- What:  no tiers: nobody has reached any.
-- Grain: one row per customer and day at whose end their tier, counted from 1, changed; here none.
CREATE OR REPLACE TEMP TABLE tier_history AS
SELECT NULL::VARCHAR AS customer_id, NULL::DATE AS day, NULL::INTEGER AS rank, NULL::DATE AS ends_on,
       NULL::VARCHAR AS reason
WHERE false;
