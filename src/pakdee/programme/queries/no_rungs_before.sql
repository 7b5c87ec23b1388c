-- What:  no rungs of earlier days, where nobody asks for them.
-- Grain: none.   Params: none.
CREATE TEMP VIEW rungs_before AS
SELECT NULL::VARCHAR AS customer_id, NULL::INTEGER AS best, NULL::INTEGER AS of_month, NULL::INTEGER AS of_then
WHERE false;
