-- What:  where each candidate stands today: the tier, its term, what counts for the next tier and for keeping this
--        one, and the tier of a week ago.
-- Grain: one row per candidate.   Params: day, week_ago, lowest (variables).
CREATE OR REPLACE TEMP TABLE tier_standings AS
WITH latest AS (
    SELECT epoch, arg_max({'rank': rank, 'since': since, 'ends_on': ends_on}, day) AS step
    FROM tier_steps
    GROUP BY epoch
),
counted AS (
    SELECT customer_id, any_value(step) AS step,
           coalesce(sum(amount) FILTER (is_in_window(day, getvariable('day'))), 0) AS total,
           coalesce(sum(amount) FILTER (is_in_last_window(day, step.ends_on)), 0) AS total_to_keep
    FROM tier_epochs
    LEFT JOIN latest USING (epoch)
    LEFT JOIN tier_days USING (epoch)
    WHERE shown_until = getvariable('day')
    GROUP BY customer_id
),
week_ago AS (
    SELECT customer_id, arg_max(rank, day) AS rank
    FROM tier_history
    WHERE day < getvariable('week_ago')
    GROUP BY customer_id
)
SELECT customer_id, coalesce(step.rank, getvariable('lowest')) AS rank, step.since AS since, step.ends_on AS ends_on,
       total, total_to_keep, coalesce(w.rank, getvariable('lowest')) AS rank_week_ago
FROM counted
LEFT JOIN week_ago AS w USING (customer_id);
