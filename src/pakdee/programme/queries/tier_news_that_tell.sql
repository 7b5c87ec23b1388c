-- What:  days on which something became known of a candidate's earlier days that may have changed a tier, and the last
--        of all, since what counts today is told as it is known today.
-- Grain: one row per candidate and day, or more.   Params: window_slides, day (variables).
-- Why:   a refund lowers what there was on the days from its order on, as long as these are in one window with it. If
--        on all of them the level is the same without any refund as with all of them, it is so whatever was known.
--        What a loose return takes back reaches further, so who has one keeps all days.
CREATE OR REPLACE TEMP TABLE tier_news AS
WITH late AS (
    SELECT customer_id, day, known_on, is_loose FROM tier_facts WHERE known_on > day OR is_loose
),
moved AS (
    SELECT customer_id, day, CASE WHEN known_on = day THEN amount ELSE 0 END AS most, amount AS least
    FROM tier_facts
    SEMI JOIN late USING (customer_id)
),
both_ways AS (
    FROM moved
    UNION ALL
    SELECT customer_id, leaves_window_on(day), -most, -least
    FROM moved
    WHERE getvariable('window_slides') AND leaves_window_on(day) < getvariable('day')
),
daily AS (
    SELECT customer_id, day, period_of(day) AS period, sum(most) AS most, sum(least) AS least
    FROM both_ways
    GROUP BY customer_id, day
),
standing AS (
    SELECT customer_id, day, sum(most) OVER life AS most, sum(least) OVER life AS least,
           coalesce(lead(day) OVER life, CASE WHEN getvariable('window_slides') THEN DATE '9999-12-31'
                                              ELSE leaves_window_on(day) END) AS until
    FROM daily
    WINDOW life AS (PARTITION BY customer_id, period ORDER BY day)
),
open AS (
    SELECT customer_id, day, until
    FROM standing
    WHERE rank_reached(most) <> rank_reached(least) OR rank_kept(most) <> rank_kept(least)
)
SELECT l.customer_id, l.known_on
FROM late AS l
ASOF JOIN open AS o ON l.customer_id = o.customer_id AND l.day < o.until
WHERE o.day < leaves_window_on(l.day)
UNION ALL
SELECT customer_id, max(known_on) FROM late GROUP BY customer_id
UNION ALL
SELECT customer_id, known_on FROM late SEMI JOIN (FROM late WHERE is_loose) USING (customer_id);
