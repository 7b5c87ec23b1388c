-- What:  CDNOW: purchases of the customers who first bought in the first quarter of 1997, to June 1998.
-- Grain: customers by customer_id, orders by customer and day, order_lines by source row.
-- Why:   rows of one day are one purchase in the literature; counted apart, every repeat count would be off.
--        Only dates are known, so an order's time is noon of its day in the shop's zone. Orders of 0.00 stay.
CREATE TEMP TABLE purchases AS
SELECT row_number() OVER () AS _row, customer_id, date, cds, CAST(value AS DECIMAL(18, 4)) AS net_amount
FROM {rows};

CREATE TABLE typed_customers AS
SELECT
    min(_row) AS _row,
    customer_id,
    'c' || customer_id || '@example.invalid' AS email,
    CAST(NULL AS VARCHAR) AS _fault,
    CAST(NULL AS VARCHAR) AS _slips
FROM purchases GROUP BY customer_id;

CREATE TABLE typed_orders AS
SELECT
    min(_row) AS _row,
    customer_id || '-' || strftime(date, '%Y%m%d') AS order_id,
    customer_id,
    utc_of(CAST(date AS TIMESTAMP) + INTERVAL 12 HOUR) AS ordered_at,
    CAST(sum(net_amount) AS DECIMAL(18, 4)) AS net_amount,
    CAST(NULL AS VARCHAR) AS _fault,
    CAST(NULL AS VARCHAR) AS _slips
FROM purchases GROUP BY customer_id, date;

CREATE TABLE typed_order_lines AS
SELECT
    _row,
    customer_id || '-' || strftime(date, '%Y%m%d') AS order_id,
    CAST(row_number() OVER (PARTITION BY customer_id, date ORDER BY cds, net_amount) AS INTEGER) AS line_no,
    'cd' AS product_id,
    CAST(cds AS DECIMAL(18, 4)) AS quantity,
    net_amount,
    CAST(NULL AS VARCHAR) AS _fault,
    CAST(NULL AS VARCHAR) AS _slips
FROM purchases;
