-- What:  Starbucks rewards app: members, a thirty-day test of offers, and the purchases of its first 30 hours.
-- Grain: customers by profile, orders by transaction, activities by offer received, viewed or completed,
--        point_entries by completed offer.
-- Why:   the test's hours count from an arbitrary start, 2018-08-01T00:00Z, after the last member joined.
--        81 receipts stand twice because they were completed twice; each counts once. Offers complete without
--        being viewed, so a completion is no proof of reading.
CREATE TEMP MACRO at_hour(hours) AS TIMESTAMPTZ '2018-08-01 00:00:00+00' + to_hours(CAST(hours AS INTEGER));

CREATE TABLE typed_customers AS
SELECT
    row_number() OVER () AS _row,
    id AS customer_id,
    'c' || id || '@example.invalid' AS email,
    utc_of(CAST(became_member_on AS TIMESTAMP)) AS joined_at,
    CAST(NULL AS VARCHAR) AS _fault,
    CAST(NULL AS VARCHAR) AS _slips
FROM {profile};

CREATE TABLE typed_orders AS
SELECT
    _row,
    person || '-' || time_h || '-' || row_number() OVER (PARTITION BY person, time_h ORDER BY amount) AS order_id,
    person AS customer_id,
    at_hour(time_h) AS ordered_at,
    CAST(amount AS DECIMAL(18, 4)) AS net_amount,
    CAST(NULL AS VARCHAR) AS _fault,
    CAST(NULL AS VARCHAR) AS _slips
FROM (SELECT row_number() OVER () AS _row, * FROM {events})
WHERE event = 'transaction';

CREATE TEMP TABLE receipts AS
SELECT
    min(_row) AS _row, customer_id, offer_id, received_h,
    max(completed) = 1 AS is_completed, min(completed_h) AS completed_h
FROM (SELECT row_number() OVER () AS _row, * FROM {offers})
GROUP BY customer_id, offer_id, received_h;

CREATE TABLE typed_activities AS
SELECT
    _row,
    concat_ws('-', customer_id, offer_id, hour, type) AS activity_id,
    customer_id,
    type,
    at_hour(hour) AS occurred_at,
    'app' AS channel,
    offer_id AS proof_key,
    CAST(NULL AS VARCHAR) AS _fault,
    CAST(NULL AS VARCHAR) AS _slips
FROM (
    SELECT _row, customer_id, offer_id, received_h AS hour, 'offer_received' AS type FROM receipts
    UNION ALL
    SELECT max(_row), customer_id, offer_id, completed_h, 'offer_completed' FROM receipts
    WHERE is_completed GROUP BY customer_id, offer_id, completed_h
    UNION ALL
    SELECT _row, person, offer_id, time_h, 'offer_viewed'
    FROM (SELECT row_number() OVER () AS _row, * FROM {events}) WHERE event = 'offer viewed'
);

CREATE TABLE typed_point_entries AS
SELECT
    _row,
    concat_ws('-', customer_id, receipts.offer_id, received_h) AS entry_id,
    customer_id,
    'earn' AS kind,
    CAST(reward AS DECIMAL(18, 4)) AS units,
    at_hour(completed_h) AS occurred_at,
    receipts.offer_id AS rule_id,
    CAST(NULL AS VARCHAR) AS _fault,
    CAST(NULL AS VARCHAR) AS _slips
FROM receipts JOIN {portfolio} AS portfolio ON portfolio.id = receipts.offer_id
WHERE is_completed AND reward > 0;
