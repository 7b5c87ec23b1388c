-- What:  which answers are answers to the NPS question, what social acts count, and which referrals brought somebody
--        else.
-- Grain: macros; genuine_referrals, one row per referral.   Params: none.
-- Why:   features of one customer and figures of the shop must agree on both. NPS answers are those to the question
--        "nps"; where a shop names no questions, those on a scale to 10; a score outside the scale is no answer.
--        Referring oneself, by id or by the same e-mail address, is no referral.
CREATE TEMP MACRO is_nps(question, score, scale_max) AS
score BETWEEN 0 AND 10 AND coalesce(scale_max, 10) = 10
AND CASE WHEN question IS NULL THEN scale_max = 10 ELSE lower(question) = 'nps' END;

CREATE TEMP MACRO social_weight(type) AS
CASE lower(type) WHEN 'like' THEN 1 WHEN 'comment' THEN 2 WHEN 'share' THEN 3 WHEN 'review' THEN 4
                 WHEN 'referral_sent' THEN 4 END;

CREATE TEMP VIEW genuine_referrals AS
SELECT r.*
FROM shop_referrals AS r
LEFT JOIN shop_persons AS giver ON giver.customer_id = r.referrer_id
LEFT JOIN shop_persons AS taker ON taker.customer_id = r.converted_customer_id
WHERE r.converted_customer_id IS DISTINCT FROM r.referrer_id
  AND (giver.email IS NULL OR taker.email IS NULL OR lower(trim(giver.email)) <> lower(trim(taker.email)));
