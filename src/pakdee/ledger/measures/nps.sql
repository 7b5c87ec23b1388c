-- What:  promoters, passives and detractors among the answers of the period.
-- Grain: one row.
-- Params: start_at, end_at (instants), zone (the shop's).
-- Why:   the latest answer of a person in a survey counts, so that a change of mind is not two people; answers
--        without a person count one by one. Answers to mails are in the journal; one that the shop has, too (same
--        customer, day and score), counts once.
WITH of_shop AS (
    SELECT response_id, survey_id, customer_id, score, answered_at
    FROM shop_survey_responses
    WHERE answered_at >= $start_at AND answered_at < $end_at
      AND is_nps(question, score, scale_max)
),
answers AS (
    SELECT * FROM of_shop
    UNION ALL
    SELECT j.response_id, j.survey_id, j.customer_id, j.score, j.answered_at
    FROM journal_answers j
    WHERE j.answered_at >= $start_at AND j.answered_at < $end_at
      AND NOT EXISTS (
          SELECT 1
          FROM of_shop s
          WHERE s.customer_id = j.customer_id AND s.score = j.score
            AND timezone($zone, s.answered_at)::DATE = timezone($zone, j.answered_at)::DATE
      )
),
latest AS (
    SELECT score
    FROM answers
    QUALIFY row_number() OVER (
        PARTITION BY survey_id, coalesce(customer_id, response_id), customer_id IS NULL
        ORDER BY answered_at DESC, response_id DESC
    ) = 1
)
SELECT count(*) FILTER (score >= 9) AS promoters,
       count(*) FILTER (score > 6 AND score < 9) AS passives,
       count(*) FILTER (score <= 6) AS detractors
FROM latest
