-- What:  rung of the ladder, kinds of loyalty with their scores, and the last sign of life.
-- Grain: one row per customer of `known`.   Params: day, ladder (variables; ladder as in program.yaml).
-- Why:   the highest rung that the data prove; nobody falls from one before the month is over where the ladder settles
--        by the month. A score without its facts is unknown and not 0, so that it is neither the highest nor near
--        it. Scores are rounded, so that limits are met by numbers as people reckon them.
CREATE TEMP VIEW loyalty AS
WITH measured AS (
    SELECT *, getvariable('ladder') AS l, getvariable('ladder').types AS t
    FROM known
    LEFT JOIN logins USING (customer_id)
    LEFT JOIN rungs_before USING (customer_id)
),
scored AS (
    SELECT *,
           rung_number(l, {
               'ever': order_count, 'orders': order_count_365d, 'days_since': days_since_last_purchase,
               'has_plan': plan_status = 'active', 'nps': last_nps, 'mean_rating': mean_rating,
               'ratings': rating_count, 'good': good_review_count_365d, 'clicks': human_clicks_90d,
               'social': social_points_365d, 'full_price': full_price_share_365d,
               'won': referrals_converted_365d
           }) AS proven,
           CASE WHEN coalesce(last_nps, mean_rating) IS NOT NULL THEN
               (coalesce(10 * last_nps * t.psychological.nps, 0)
                + coalesce(25 * (mean_rating - 1) * t.psychological.rating, 0)
                + coalesce(100 * full_price_share_365d * t.psychological.full_price, 0))
               / nullif(if(last_nps IS NULL, 0, t.psychological.nps)
                        + if(mean_rating IS NULL, 0, t.psychological.rating)
                        + if(full_price_share_365d IS NULL, 0, t.psychological.full_price), 0)
           END AS psychological,
           t.behavioural.orders * least(1, coalesce(order_count_365d, 0) / t.behavioural.full_orders)
               + coalesce(t.behavioural.recency * greatest(0, 1 - days_since_last_purchase / l.active_days), 0)
               + coalesce(t.behavioural.regularity * (1 - least(1, gap_cv)), 0)
               + t.behavioural.referral * coalesce(referrals_converted_365d >= 1, false)::INTEGER AS behavioural,
           CASE WHEN coalesce(offer_order_share_365d, redemption_rate) IS NOT NULL THEN
               t.marketing.offers * coalesce(offer_order_share_365d, 0)
               + t.marketing.redeemed * least(1, coalesce(redemption_rate, 0))
               + t.marketing.member * coalesce(is_member, false)::INTEGER
           END AS marketing,
           CASE WHEN social_points_365d IS NOT NULL THEN
               100 * least(1, social_points_365d / t.social_full)
           END AS social
    FROM measured
),
rounded AS (
    SELECT * REPLACE (
               round(psychological, 4) AS psychological, round(behavioural, 4) AS behavioural,
               round(marketing, 4) AS marketing, round(social, 4) AS social
           )
    FROM scored
),
ranked AS (
    SELECT *, list_reverse_sort(list_filter([
        {'score': psychological, 'kind': 'psychological'}, {'score': behavioural, 'kind': 'behavioural'},
        {'score': marketing, 'kind': 'marketing'}, {'score': social, 'kind': 'social'}
    ], lambda one: one.score IS NOT NULL)) AS kinds
    FROM rounded
)
SELECT customer_id,
       rung_called(greatest(proven, CASE WHEN l.settle = 'month' THEN of_month END)) AS rung,
       rung_called(greatest(proven, best)) AS rung_best,
       rung_called(coalesce(of_then, 0)) AS rung_31d_ago,
       psychological AS loyalty_psychological,
       behavioural AS loyalty_behavioural,
       marketing AS loyalty_marketing,
       social AS loyalty_social,
       CASE WHEN kinds[1].score IS NULL OR kinds[1].score < t.dominant THEN 'none'
            WHEN kinds[1].score - coalesce(kinds[2].score, 0) >= t.ahead OR len(kinds) = 1 THEN kinds[1].kind
            ELSE 'mixed' END AS loyalty_type,
       least(days_since_last_click, days_since_last_purchase, getvariable('day') - logged_in_on)
           AS days_since_last_engagement
FROM ranked;
