-- What:  the latest term of a paid plan, and when something was last given.
-- Grain: plan_sums and grant_sums, one row per customer_id with a term or a grant.   Params: day (variable).
-- Why:   of several plans the one taken last is told of.
CREATE TEMP TABLE plan_sums AS
WITH latest AS (
    SELECT customer_id, max((started_on, coalesce(ends_on, DATE '9999-12-31'), membership_id, plan_id, lower(status),
                             ends_on)) AS term
    FROM shop_memberships
    WHERE started_on < getvariable('day')
    GROUP BY customer_id
)
SELECT customer_id, term[4] AS latest_plan, term[5] AS latest_status, term[6] AS plan_ends_on
FROM latest;

CREATE TEMP TABLE grant_sums AS
SELECT customer_id, max(issued_at) AS last_granted_at
FROM shop_grants_issued
WHERE issued_at < begins(getvariable('day'))
GROUP BY customer_id;
