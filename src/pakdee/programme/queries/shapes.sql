-- What:  for each table that a programme reads, no rows but every column it reads.
-- Grain: none; and a macro.   Params: zone (variable).
-- Why:   a shop may lack a table or an optional column; laid under the real rows by name, the shape gives
--        null there, so that each query is written once and not once per kind of shop.
CREATE TEMP MACRO local_day(instant) AS timezone(getvariable('zone'), instant)::DATE;

CREATE TEMP VIEW shape_customers AS
SELECT NULL::VARCHAR AS customer_id, NULL::DATE AS joined_on, NULL::INTEGER AS birth_year,
       NULL::INTEGER AS birth_month, NULL::INTEGER AS birth_day, NULL::DATE AS birth_recorded_on
WHERE false;

CREATE TEMP VIEW shape_persons AS
SELECT NULL::VARCHAR AS customer_id, NULL::VARCHAR AS email, NULL::VARCHAR AS phone
WHERE false;

CREATE TEMP VIEW shape_orders AS
SELECT NULL::VARCHAR AS order_id, NULL::VARCHAR AS customer_id, NULL::TIMESTAMPTZ AS ordered_at,
       NULL::DATE AS ordered_on, NULL::DECIMAL(18, 4) AS net_amount, NULL::DECIMAL(18, 4) AS gross_amount,
       NULL::DECIMAL(18, 4) AS discount_amount, NULL::VARCHAR AS channel, NULL::VARCHAR AS payment,
       NULL::VARCHAR AS status, NULL::VARCHAR AS offer_id, NULL::TIMESTAMPTZ AS recorded_at
WHERE false;

CREATE TEMP VIEW shape_order_lines AS
SELECT NULL::VARCHAR AS order_id, NULL::BIGINT AS line_no, NULL::DECIMAL(18, 4) AS net_amount
WHERE false;

CREATE TEMP VIEW shape_refunds AS
SELECT NULL::VARCHAR AS order_id, NULL::BIGINT AS line_no, NULL::DECIMAL(18, 4) AS amount,
       NULL::DATE AS refunded_on
WHERE false;

CREATE TEMP VIEW shape_activities AS
SELECT NULL::VARCHAR AS activity_id, NULL::VARCHAR AS customer_id, NULL::VARCHAR AS type,
       NULL::TIMESTAMPTZ AS occurred_at, NULL::DATE AS occurred_on, NULL::VARCHAR AS channel,
       NULL::DECIMAL(18, 4) AS amount, NULL::VARCHAR AS unit, NULL::VARCHAR AS proof_key,
       NULL::VARCHAR AS product_id, NULL::DECIMAL(18, 4) AS rating, NULL::VARCHAR AS attributes
WHERE false;

CREATE TEMP VIEW shape_point_entries AS
SELECT NULL::VARCHAR AS entry_id, NULL::VARCHAR AS customer_id, NULL::VARCHAR AS kind,
       NULL::DECIMAL(18, 4) AS units, NULL::TIMESTAMPTZ AS occurred_at, NULL::DATE AS occurred_on,
       NULL::TIMESTAMPTZ AS available_at, NULL::DATE AS available_on, NULL::DATE AS expires_on,
       NULL::VARCHAR AS order_id, NULL::VARCHAR AS rule_id, NULL::VARCHAR AS lot_id,
       NULL::TIMESTAMPTZ AS recorded_at
WHERE false;

CREATE TEMP VIEW shape_tier_changes AS
SELECT NULL::VARCHAR AS change_id, NULL::VARCHAR AS customer_id, NULL::VARCHAR AS from_tier,
       NULL::VARCHAR AS to_tier, NULL::TIMESTAMPTZ AS changed_at, NULL::VARCHAR AS reason, NULL::DATE AS ends_on
WHERE false;

CREATE TEMP VIEW shape_memberships AS
SELECT NULL::VARCHAR AS membership_id, NULL::VARCHAR AS customer_id, NULL::VARCHAR AS plan_id,
       NULL::VARCHAR AS status, NULL::DATE AS started_on, NULL::DATE AS ends_on, NULL::BOOLEAN AS auto_renew,
       NULL::DECIMAL(18, 4) AS price
WHERE false;

CREATE TEMP VIEW shape_referrals AS
SELECT NULL::VARCHAR AS referral_id, NULL::VARCHAR AS referrer_id, NULL::VARCHAR AS converted_customer_id,
       NULL::TIMESTAMPTZ AS converted_at
WHERE false;

CREATE TEMP VIEW shape_survey_responses AS
SELECT NULL::VARCHAR AS response_id, NULL::VARCHAR AS survey_id, NULL::VARCHAR AS customer_id,
       NULL::TIMESTAMPTZ AS answered_at
WHERE false;

CREATE TEMP VIEW shape_donations AS
SELECT NULL::VARCHAR AS donation_id, NULL::VARCHAR AS customer_id, NULL::DECIMAL(18, 4) AS amount,
       NULL::DATE AS paid_on
WHERE false;

CREATE TEMP VIEW shape_grants_issued AS
SELECT NULL::VARCHAR AS customer_id, NULL::TIMESTAMPTZ AS redeemed_at
WHERE false;
