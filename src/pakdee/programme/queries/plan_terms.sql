-- What:  terms of paid plans, with the days on which each is a trial and those on which it gives its benefits.
-- Grain: plan_terms, one row per term that began before the day; plan_days, one per term that gave benefits on
--        any day, of which no two of a customer have one in common.
-- Params: day (variable); `trial_ends` and `graced` are filled in.
-- Why:   a term's days decide, since the status on file is that of the export: what lapsed later was active on the
--        day. A first term for which nothing was paid is a trial where the plan has one, whatever became of it.
--        Whoever takes another plan has that one from its first day.
CREATE TEMP VIEW plan_terms AS
WITH told AS (
    SELECT customer_id, plan_id, lower(status) AS status, started_on, ends_on, auto_renew, price,
           {trial_ends} AS trial_ends, row_number() OVER life = 1 AS is_first, lead(started_on) OVER life AS next_on
    FROM shop_memberships
    WHERE started_on < getvariable('day')
    WINDOW life AS (
        PARTITION BY customer_id ORDER BY started_on, coalesce(ends_on, DATE '9999-12-31'), membership_id
    )
)
SELECT customer_id, plan_id, status, started_on, ends_on, auto_renew, price, next_on,
       least(ends_on, next_on - 1) AS until,
       CASE WHEN status = 'trial' THEN coalesce(least(trial_ends, ends_on), DATE '9999-12-31')
            WHEN is_first AND trial_ends IS NOT NULL AND coalesce(price, 0) = 0 THEN least(trial_ends, ends_on)
       END AS trial_until,
       least(next_on - 1,
             CASE WHEN ends_on IS NULL AND status IN ('lapsed', 'cancelled') THEN started_on - 1
                  WHEN ends_on IS NULL THEN DATE '9999-12-31'
                  WHEN status = 'cancelled' THEN ends_on
                  ELSE {graced} END) AS holds_until
FROM told;

CREATE TEMP VIEW plan_days AS
SELECT customer_id, plan_id, started_on, holds_until FROM plan_terms WHERE holds_until >= started_on;
