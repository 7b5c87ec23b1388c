-- What:  everyone assigned an arm of a campaign, and those who ordered within its goal.
-- Grain: one row per campaign.
-- Params: known_until (the last day with facts).
-- Why:   by the day the mail was due, in both arms alike, whatever became of the mail; orders of that very day
--        count in both. Somebody assigned twice, for two occasions, counts twice.
SELECT a.campaign,
       count(*) FILTER (NOT a.is_held_out) AS treated,
       count(*) FILTER (NOT a.is_held_out AND a.has_ordered) AS treated_ordered,
       count(*) FILTER (a.is_held_out) AS held_out,
       count(*) FILTER (a.is_held_out AND a.has_ordered) AS held_out_ordered,
       any_value(a.days) AS days,
       count(*) FILTER (a.due_on + a.days <= $known_until) AS ended
FROM (
    SELECT s.*, EXISTS (
        SELECT 1 FROM net_orders o
        WHERE o.customer_id = s.customer_id
          AND o.ordered_on >= s.due_on AND o.ordered_on < s.due_on + s.days) AS has_ordered
    FROM assigned s
) a
GROUP BY a.campaign
ORDER BY a.campaign
