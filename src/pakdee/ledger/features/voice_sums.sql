-- What:  what customers answered and how they rated, as the shop has it.
-- Grain: survey_sums, one row per customer_id that was asked; rating_sums, with a rating in 365 days.
-- Params: day (variable).
-- Why:   an answer counts on the day it was given. The shop's rows come with the answer; a row without one is of a mail
--        of ours that asked. Only reviews are said to others, so stars given to a visit make no good one.
CREATE TEMP TABLE survey_sums AS
WITH known AS (
    SELECT customer_id, answered_at, least(asked_at, answered_at) AS asked_at,
           CASE WHEN is_nps(question, score, scale_max) THEN score END AS nps, response_id
    FROM shop_survey_responses
    WHERE customer_id IS NOT NULL AND coalesce(answered_at, asked_at) < begins(getvariable('day'))
)
SELECT customer_id,
       max(asked_at) AS last_asked_at,
       max(asked_at) FILTER (answered_at IS NOT NULL) AS last_asked_and_answered_at,
       max(answered_at) AS last_answered_at,
       max((answered_at, response_id, nps)) FILTER (
           nps IS NOT NULL AND answered_at >= begins(getvariable('day') - 365)
       )[3] AS last_nps,
       max(answered_at) FILTER (nps <= 6) AS last_detracted_at
FROM known
GROUP BY customer_id;

CREATE TEMP TABLE rating_sums AS
SELECT customer_id,
       avg(rating) AS mean_rating,
       count(*) AS rating_count,
       count(*) FILTER (rating >= 4 AND lower(type) = 'review') AS good_review_count_365d
FROM shop_activities
WHERE rating BETWEEN 1 AND 5
  AND occurred_on >= getvariable('day') - 365 AND occurred_on < getvariable('day')
GROUP BY customer_id;
