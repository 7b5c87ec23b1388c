-- What:  customers of the range who ever had enough to pay for the cheapest grant, and since when they had anything.
-- Grain: one row per such customer, with a number.   Params: `cheapest` and `whom`, joins to those asked, are filled in.
CREATE OR REPLACE TEMP TABLE savers AS
SELECT row_number() OVER () AS number, customer_id, min(available_on) AS since
FROM lots
{whom}
WHERE units > 0
GROUP BY customer_id
HAVING sum(units) >= {cheapest};
