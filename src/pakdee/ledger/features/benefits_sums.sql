-- What:  when something was last given.
-- Grain: grant_sums, one row per customer_id with a grant.   Params: day (variable).
CREATE TEMP TABLE grant_sums AS
SELECT customer_id, max(issued_at) AS last_granted_at
FROM shop_grants_issued
WHERE issued_at < begins(getvariable('day'))
GROUP BY customer_id;
