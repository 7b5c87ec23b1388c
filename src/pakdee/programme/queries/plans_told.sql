-- What:  the features of paid plans: the plan taken last, its state, its end, and whether a term went unused.
-- Grain: one row per customer of the range.
-- Params: day, first, last (variables); `in_grace`, `reminders`, `renews`, `pays_back` and `is_an_order` are filled in.
-- Why:   a term that ended yesterday may have been renewed today, which is known tomorrow: so nobody is without the
--        plan for that day. Refunds name orders and terms have none, so that a price that went back is not known.
CREATE OR REPLACE TEMP VIEW plans_told AS
WITH latest AS (
    SELECT *,
           CASE WHEN ends_on IS NULL THEN status IN ('lapsed', 'cancelled', 'grace')
                ELSE ends_on < getvariable('day') - 1 END AS is_over,
           {in_grace} AS is_in_grace
    FROM plan_terms
    WHERE customer_id BETWEEN getvariable('first') AND getvariable('last') AND next_on IS NULL
),
named AS (
    SELECT *,
           CASE WHEN NOT is_over AND trial_until >= least(getvariable('day'), ends_on) THEN 'trial'
                WHEN NOT is_over THEN 'active'
                WHEN is_in_grace THEN 'grace'
                WHEN status = 'cancelled' THEN 'cancelled'
                ELSE 'lapsed' END AS plan_status,
           CASE WHEN ends_on >= getvariable('day') THEN list_max(list_filter(
               {reminders}, lambda reminder: reminder BETWEEN started_on AND getvariable('day')
           )) END AS reminded_on
    FROM latest
),
paid AS (
    SELECT customer_id, greatest(started_on, trial_until + 1) AS paid_from, until
    FROM plan_terms
    WHERE {pays_back} AND customer_id BETWEEN getvariable('first') AND getvariable('last')
      AND until < getvariable('day') AND until >= started_on AND coalesce(price, 1) > 0
      AND (trial_until IS NULL OR trial_until < until)
    QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY until DESC) = 1
),
uses AS (
    SELECT customer_id, day FROM facts_orders WHERE {is_an_order}
    UNION ALL SELECT customer_id, day FROM facts_activities
    UNION ALL SELECT customer_id, day FROM facts_entries WHERE kind = 'redeem'
    UNION ALL SELECT customer_id, local_day(redeemed_at) FROM shop_grants_issued WHERE redeemed_at IS NOT NULL
),
used AS (
    SELECT DISTINCT p.customer_id
    FROM paid AS p
    JOIN uses AS u ON p.customer_id = u.customer_id AND u.day BETWEEN p.paid_from AND p.until
)
SELECT c.customer_id,
       CASE WHEN plan_status IN ('trial', 'active', 'grace') THEN plan_id ELSE 'none' END AS plan,
       coalesce(plan_status, 'none') AS plan_status, ends_on AS plan_ends_on,
       ends_on - getvariable('day') AS days_to_plan_end,
       coalesce(plan_status IN ('trial', 'active') AND status <> 'cancelled' AND {renews}, false) AS plan_renews,
       coalesce(reminded_on = getvariable('day'), false) AS plan_reminder_due,
       getvariable('day') - reminded_on AS days_since_plan_reminder,
       p.customer_id IS NOT NULL AND u.customer_id IS NULL AS plan_refund_due
FROM (SELECT customer_id FROM part WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) AS c
LEFT JOIN named AS n USING (customer_id)
LEFT JOIN paid AS p USING (customer_id)
LEFT JOIN used AS u USING (customer_id);
