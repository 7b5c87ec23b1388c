-- What:  the lines of orders, and how much of each was kept before and after each day of refunds.
-- Grain: facts_lines, one row per line of an order; line_steps, one per line and day of refunds of its order.
-- Params: day, first, last (variables).
-- Why:   an order without lines is one line. A refund of no particular line lowers all lines in proportion, which
--        is seldom a whole number: so what is kept is told as parts of `whole`, and nothing is rounded twice.
CREATE TEMP VIEW facts_lines AS
SELECT o.*, l.line_no, l.line_no IS NULL AS is_whole_order,
       (coalesce(l.net_amount, o.net_amount) * 10000)::BIGINT AS line_amount
FROM facts_orders AS o
LEFT JOIN shop_order_lines AS l ON l.order_id = o.source
WHERE coalesce(l.net_amount, o.net_amount) > 0;

CREATE TEMP VIEW line_steps AS
WITH paid_back AS (
    SELECT s.source, s.refunded_on, l.line_no,
           r.refunded_on < s.refunded_on AND s.day < s.refunded_on AS was_before,
           l.is_whole_order OR r.line_no IS NOT DISTINCT FROM l.line_no AS is_own, (r.amount * 10000)::BIGINT AS amount
    FROM refund_steps AS s
    JOIN facts_lines AS l ON l.source = s.source
    JOIN shop_refunds AS r ON r.order_id = s.source AND greatest(r.refunded_on, s.day) <= s.refunded_on
    WHERE l.is_whole_order OR r.line_no = l.line_no OR r.line_no IS NULL
),
sums AS (
    SELECT source, refunded_on, line_no,
           coalesce(sum(amount) FILTER (is_own AND was_before), 0)::HUGEINT AS own_before,
           coalesce(sum(amount) FILTER (is_own), 0)::HUGEINT AS own_after,
           coalesce(sum(amount) FILTER (NOT is_own AND was_before), 0)::HUGEINT AS all_before,
           coalesce(sum(amount) FILTER (NOT is_own), 0)::HUGEINT AS all_after
    FROM paid_back
    GROUP BY ALL
),
lines AS (
    SELECT s.*, line_no, line_amount,
           sum(line_amount) OVER (PARTITION BY s.source, s.refunded_on)::BIGINT AS whole
    FROM refund_steps AS s
    JOIN facts_lines AS l ON l.source = s.source
)
SELECT l.* EXCLUDE (before, after),
       CASE WHEN before = 0 THEN 0
            ELSE greatest(0, (line_amount - coalesce(own_before, 0)) * whole
                             - coalesce(all_before, 0) * line_amount) END AS before,
       CASE WHEN after = 0 THEN 0
            ELSE greatest(0, (line_amount - coalesce(own_after, 0)) * whole
                             - coalesce(all_after, 0) * line_amount) END AS after
FROM lines AS l
LEFT JOIN sums AS p ON p.source = l.source AND p.refunded_on = l.refunded_on
                   AND p.line_no IS NOT DISTINCT FROM l.line_no;
