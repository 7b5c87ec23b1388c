-- What:  promoters, passives and detractors among the answers of the period.
-- Grain: one row.
-- Params: start_at, end_at (instants).
-- Why:   the latest answer of a person in a survey counts, so that a change of mind is not two people; answers
--        without a person count one by one. NPS answers are those to the question "nps"; where a shop names no
--        questions, those on a scale to 10. A score outside the scale is no answer.
WITH answers AS (
    SELECT *
    FROM shop_survey_responses
    WHERE answered_at >= $start_at AND answered_at < $end_at
      AND score BETWEEN 0 AND 10
      AND CASE WHEN question IS NULL THEN scale_max = 10 ELSE lower(question) = 'nps' END
      AND coalesce(scale_max, 10) = 10
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
