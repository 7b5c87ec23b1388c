-- What:  for each table that features and measures read, no rows but every column they read.
-- Grain: none.   Params: none.
-- Why:   a shop may lack a table or an optional column; laid under the real rows by name, the shape gives
--        null there, so that each query is written once and not once per kind of shop.
CREATE TEMP VIEW shape_customers AS
SELECT NULL::VARCHAR AS customer_id, NULL::DATE AS joined_on, NULL::INTEGER AS birth_year,
       NULL::INTEGER AS birth_month, NULL::INTEGER AS birth_day, NULL::DATE AS birth_recorded_on,
       NULL::VARCHAR AS declared_channel, NULL::BOOLEAN AS is_staff, NULL::BOOLEAN AS marketing_consent,
       NULL::TIMESTAMPTZ AS consent_at
WHERE false;

CREATE TEMP VIEW shape_persons AS
SELECT NULL::VARCHAR AS customer_id, NULL::VARCHAR AS email, NULL::VARCHAR AS phone
WHERE false;

CREATE TEMP VIEW shape_orders AS
SELECT NULL::VARCHAR AS order_id, NULL::VARCHAR AS customer_id, NULL::TIMESTAMPTZ AS ordered_at,
       NULL::DATE AS ordered_on, NULL::DECIMAL(18, 4) AS net_amount, NULL::DECIMAL(18, 4) AS discount_amount,
       NULL::VARCHAR AS currency, NULL::VARCHAR AS channel, NULL::VARCHAR AS status, NULL::VARCHAR AS offer_id,
       NULL::DATE AS promised_on, NULL::TIMESTAMPTZ AS delivered_at
WHERE false;

CREATE TEMP VIEW shape_refunds AS
SELECT NULL::VARCHAR AS order_id, NULL::BIGINT AS line_no, NULL::DECIMAL(18, 4) AS amount,
       NULL::DATE AS refunded_on
WHERE false;

CREATE TEMP VIEW shape_order_lines AS
SELECT NULL::VARCHAR AS order_id, NULL::BIGINT AS line_no, NULL::VARCHAR AS product_id,
       NULL::VARCHAR AS category, NULL::DECIMAL(18, 4) AS quantity, NULL::DECIMAL(18, 4) AS net_amount,
       NULL::DECIMAL(18, 4) AS unit_list_price
WHERE false;

CREATE TEMP VIEW shape_products AS
SELECT NULL::VARCHAR AS product_id, NULL::VARCHAR AS name, NULL::VARCHAR AS category,
       NULL::INTEGER AS cycle_days, NULL::BOOLEAN AS is_listed
WHERE false;

CREATE TEMP VIEW shape_point_entries AS
SELECT NULL::VARCHAR AS customer_id, NULL::VARCHAR AS kind, NULL::DECIMAL(18, 4) AS units,
       NULL::TIMESTAMPTZ AS occurred_at, NULL::DATE AS occurred_on, NULL::TIMESTAMPTZ AS available_at,
       NULL::DATE AS available_on, NULL::DATE AS expires_on
WHERE false;

CREATE TEMP VIEW shape_activities AS
SELECT NULL::VARCHAR AS customer_id, NULL::VARCHAR AS type, NULL::TIMESTAMPTZ AS occurred_at,
       NULL::DATE AS occurred_on, NULL::VARCHAR AS product_id, NULL::DECIMAL(18, 4) AS rating
WHERE false;

CREATE TEMP VIEW shape_survey_responses AS
SELECT NULL::VARCHAR AS response_id, NULL::VARCHAR AS survey_id, NULL::VARCHAR AS customer_id,
       NULL::VARCHAR AS question, NULL::DECIMAL(18, 4) AS score, NULL::DECIMAL(18, 4) AS scale_max,
       NULL::TIMESTAMPTZ AS asked_at, NULL::TIMESTAMPTZ AS answered_at
WHERE false;

CREATE TEMP VIEW shape_referrals AS
SELECT NULL::VARCHAR AS referral_id, NULL::VARCHAR AS referrer_id, NULL::TIMESTAMPTZ AS invited_at,
       NULL::VARCHAR AS converted_customer_id, NULL::VARCHAR AS converted_order_id,
       NULL::TIMESTAMPTZ AS converted_at
WHERE false;

CREATE TEMP VIEW shape_tickets AS
SELECT NULL::VARCHAR AS customer_id, NULL::TIMESTAMPTZ AS opened_at, NULL::TIMESTAMPTZ AS closed_at,
       NULL::VARCHAR AS at_fault
WHERE false;

CREATE TEMP VIEW shape_memberships AS
SELECT NULL::VARCHAR AS customer_id, NULL::VARCHAR AS status, NULL::DATE AS started_on, NULL::DATE AS ends_on
WHERE false;

CREATE TEMP VIEW shape_grants_issued AS
SELECT NULL::VARCHAR AS customer_id, NULL::TIMESTAMPTZ AS issued_at, NULL::VARCHAR AS code,
       NULL::TIMESTAMPTZ AS redeemed_at, NULL::VARCHAR AS order_id
WHERE false;

CREATE TEMP VIEW shape_preferences AS
SELECT NULL::VARCHAR AS customer_id, NULL::VARCHAR AS key, NULL::VARCHAR AS value,
       NULL::TIMESTAMPTZ AS stated_at
WHERE false;
