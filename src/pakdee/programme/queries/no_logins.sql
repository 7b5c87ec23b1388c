-- What:  no logins, where the shop has no activities or nobody asks.
-- Grain: none.   Params: none.
CREATE TEMP TABLE logins AS
SELECT NULL::VARCHAR AS customer_id, NULL::DATE AS logged_in_on
WHERE false;
