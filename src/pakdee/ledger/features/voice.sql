-- What:  what a customer said of the shop: answers and ratings.
-- Grain: one row per customer from the first to the last one.   Params: first, last (variables, customer ids), day.
-- Why:   who was never asked is asked first, so the days since are many, and not unknown.
CREATE TEMP VIEW voice AS
SELECT customer_id,
       last_nps,
       getvariable('day') - local_day(last_detracted_at) AS days_since_detractor_answer,
       coalesce(getvariable('day') - local_day(last_asked_at), 9999) AS days_since_last_survey,
       getvariable('day') - local_day(last_answered_at) AS days_since_last_answer,
       getvariable('day') - local_day(last_asked_and_answered_at) AS days_since_answered_question,
       mean_rating,
       coalesce(rating_count, 0) AS rating_count,
       coalesce(good_review_count_365d, 0) AS good_review_count_365d
FROM (FROM shop_customers WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN (FROM survey_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id)
LEFT JOIN (FROM rating_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id);
