-- What:  the paid plan a customer has, and how long ago something was given.
-- Grain: one row per customer from the first to the last one.   Params: first, last (variables, customer ids), day.
-- Why:   a term's days decide, since the status on file is that of the export: what lapsed later was active on the
--        day, and a plan that was cancelled runs to its end. A term that ended yesterday may have been renewed
--        today, which is known tomorrow, so nobody is without the plan for that day.
CREATE TEMP VIEW benefits AS
WITH terms AS (
    SELECT customer_id, latest_plan, latest_status, plan_ends_on, last_granted_at,
           coalesce(plan_ends_on < getvariable('day') - 1,
                    latest_status IN ('lapsed', 'cancelled', 'grace')) AS is_over
    FROM (FROM shop_customers WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
    LEFT JOIN (FROM plan_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id)
    LEFT JOIN (FROM grant_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id)
),
named AS (
    SELECT *,
           CASE WHEN latest_plan IS NULL THEN 'none'
                WHEN is_over AND latest_status = 'grace' THEN 'grace'
                WHEN is_over THEN 'lapsed'
                WHEN latest_status = 'trial' THEN 'trial'
                ELSE 'active' END AS plan_status
    FROM terms
)
SELECT customer_id,
       CASE WHEN plan_status IN ('none', 'lapsed') THEN 'none' ELSE latest_plan END AS plan,
       plan_status,
       plan_ends_on - getvariable('day') AS days_to_plan_end,
       getvariable('day') - local_day(last_granted_at) AS days_since_grant
FROM named;
