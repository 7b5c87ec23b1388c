-- What:  what customers of the range did that may earn something, in fields that conditions can ask, and what the
--        shop booked itself.
-- Grain: facts_orders, one row per order; facts_activities, one per activity, known_activities the same of all
--        customers; facts_referrals, one per friend brought; facts_surveys, one per survey answered;
--        facts_entries, one per booking.
-- Params: day, zone, first, last (variables); `event` and `plan` are filled in.
-- Why:   a row counts from the day after it happened, and not before the day after it was recorded. The first
--        answer to a survey counts, and the first to bring a friend; nobody brings themselves.
--        Units that a campaign gave are units that the shop added.
CREATE TEMP MACRO event_of(on_day) AS {event};

CREATE TEMP MACRO weekday_of(on_day) AS lower(dayname(on_day));

CREATE TEMP MACRO plan_of(who, on_day) AS {plan};

CREATE TEMP VIEW facts_orders AS
SELECT customer_id, order_id AS source, ordered_on AS day, ordered_at AS happened_at, channel, payment, status,
       offer_id, net_amount, gross_amount, discount_amount, event_of(ordered_on) AS event,
       weekday_of(ordered_on) AS weekday, plan_of(customer_id, ordered_on) AS plan
FROM shop_orders
WHERE customer_id BETWEEN getvariable('first') AND getvariable('last') AND ordered_on < getvariable('day')
  AND (recorded_at IS NULL OR local_day(recorded_at) < getvariable('day'));

CREATE TEMP VIEW known_activities AS
SELECT customer_id, activity_id AS source, occurred_on AS day, occurred_at AS happened_at, type, channel, amount,
       unit, proof_key, product_id, rating, attributes, event_of(occurred_on) AS event,
       weekday_of(occurred_on) AS weekday, plan_of(customer_id, occurred_on) AS plan
FROM shop_activities
WHERE occurred_on < getvariable('day');

CREATE TEMP VIEW facts_activities AS
FROM known_activities WHERE customer_id BETWEEN getvariable('first') AND getvariable('last');

CREATE TEMP VIEW facts_referrals AS
SELECT referrer_id AS customer_id, referral_id AS source, day, converted_at AS happened_at,
       event_of(day) AS event, weekday_of(day) AS weekday
FROM (
    SELECT *, local_day(converted_at) AS day
    FROM shop_referrals
    WHERE local_day(converted_at) < getvariable('day') AND converted_customer_id <> referrer_id
    QUALIFY row_number() OVER (PARTITION BY converted_customer_id ORDER BY converted_at, referral_id) = 1
)
WHERE referrer_id BETWEEN getvariable('first') AND getvariable('last');

CREATE TEMP VIEW facts_surveys AS
SELECT customer_id, response_id AS source, local_day(answered_at) AS day, answered_at AS happened_at,
       event_of(local_day(answered_at)) AS event, weekday_of(local_day(answered_at)) AS weekday
FROM shop_survey_responses
WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')
  AND local_day(answered_at) < getvariable('day')
QUALIFY row_number() OVER (PARTITION BY customer_id, survey_id ORDER BY answered_at, response_id) = 1;

CREATE TEMP VIEW facts_entries AS
SELECT customer_id, lower(kind) AS kind, entry_id AS source, rule_id, lot_id, occurred_on AS day,
       coalesce(available_on, occurred_on) AS available_on, occurred_at AS happened_at, units::BIGINT AS units
FROM shop_point_entries
WHERE customer_id BETWEEN getvariable('first') AND getvariable('last') AND occurred_on < getvariable('day')
  AND (recorded_at IS NULL OR local_day(recorded_at) < getvariable('day'))
UNION ALL
SELECT customer_id, 'adjust' AS kind, source, "grant" AS rule_id, NULL AS lot_id, day, day AS available_on,
       NULL AS happened_at, units
FROM gifts
WHERE customer_id BETWEEN getvariable('first') AND getvariable('last') AND day < getvariable('day');
