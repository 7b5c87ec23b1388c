-- What:  Online Retail (UCI): invoice lines of a British gift wholesaler, December 2010 to December 2011.
-- Grain: customers by CustomerID, orders by InvoiceNo, order_lines by (InvoiceNo, line_no), products by StockCode.
-- Why:   a C invoice is a return that does not name its order: an order of its own, below zero. Invoices without
--        customer are guests', unless nothing on them has a price (stock write-offs) or they adjust bad debt
--        (A…): those are no sales and are set aside, counted. An invoice's time is its first line's. Amounts are
--        exact: prices go down to a tenth of a penny. Charges (postage, fees, manual entries) are part of an
--        invoice's amount, but are no products, so they are no order lines. Identical lines are kept: whether
--        they are mistakes is unknowable.
CREATE TEMP TABLE lines AS
SELECT
    rowid_ AS _row,
    InvoiceNo AS order_id,
    line_no,
    CAST(CustomerID AS VARCHAR) AS customer_id,
    StockCode AS product_id,
    nullif(trim(Description), '') AS description,
    Quantity AS quantity,
    CAST(UnitPrice AS DECIMAL(18, 4)) AS unit_price,
    CAST(Quantity * CAST(UnitPrice AS DECIMAL(18, 4)) AS DECIMAL(18, 4)) AS net_amount,
    InvoiceDate AS wall,
    Country AS country
FROM (SELECT *, row_number() OVER () AS rowid_ FROM {lines});

CREATE TEMP TABLE invoices AS
SELECT
    min(_row) AS _row,
    order_id,
    max(customer_id) AS customer_id,
    min(wall) AS wall,
    sum(net_amount) AS net_amount,
    arg_max(country, line_no) AS country,
    left(order_id, 1) = 'A' OR (max(customer_id) IS NULL AND max(abs(unit_price)) = 0) AS is_no_sale
FROM lines GROUP BY order_id;

INSERT INTO rejects
SELECT 'orders', _row, 'net_amount', 'no sale: a stock write-off or an adjustment of bad debt', true
FROM invoices WHERE is_no_sale;

CREATE TABLE typed_customers AS
SELECT
    min(_row) AS _row,
    customer_id,
    'c' || customer_id || '@example.invalid' AS email,
    arg_max(country, (wall, order_id)) AS country,
    CAST(NULL AS VARCHAR) AS _fault,
    CAST(NULL AS VARCHAR) AS _slips
FROM invoices WHERE customer_id IS NOT NULL GROUP BY customer_id;

CREATE TABLE typed_orders AS
SELECT
    _row,
    order_id,
    customer_id,
    utc_of(wall) AS ordered_at,
    CAST(net_amount AS DECIMAL(18, 4)) AS net_amount,
    CASE WHEN left(order_id, 1) = 'C' THEN 'returned' ELSE 'placed' END AS status,
    CAST(NULL AS VARCHAR) AS _fault,
    CAST(NULL AS VARCHAR) AS _slips
FROM invoices WHERE NOT is_no_sale;

CREATE TABLE typed_order_lines AS
SELECT
    lines._row,
    lines.order_id,
    lines.line_no,
    lines.product_id,
    CAST(lines.quantity AS DECIMAL(18, 4)) AS quantity,
    lines.net_amount,
    lines.unit_price AS unit_list_price,
    CAST(NULL AS VARCHAR) AS _fault,
    CAST(NULL AS VARCHAR) AS _slips
FROM lines SEMI JOIN typed_orders USING (order_id)
WHERE upper(product_id) NOT IN ('POST', 'DOT', 'M', 'C2', 'D', 'S', 'BANK CHARGES', 'AMAZONFEE', 'CRUK', 'B');

CREATE TABLE typed_products AS
SELECT
    min(_row) AS _row,
    product_id,
    arg_max(description, (times, description)) AS name,
    CAST(NULL AS VARCHAR) AS _fault,
    CAST(NULL AS VARCHAR) AS _slips
FROM (
    SELECT min(lines._row) AS _row, product_id, description, count(description) AS times
    FROM lines SEMI JOIN typed_order_lines USING (product_id)
    GROUP BY product_id, description
)
GROUP BY product_id;

CREATE TEMP TABLE adapter_notes AS
SELECT format(
    '{{}} lines are charges (postage, fees, manual entries): part of their order''s amount, but no product',
    (SELECT count(*) FROM lines SEMI JOIN typed_orders USING (order_id)) - (SELECT count(*) FROM typed_order_lines)
) AS note;
