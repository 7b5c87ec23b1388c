-- What:  what benchmarks/features.py has the house compute, written by hand for one shop and one programme.
-- Grain: one row per customer, in customer_id order.
-- Params: folder and out are filled in; day, programme and conditions are written out.
-- Why:   the measure of what the house's generality costs: no optional columns, no stages, no lock, one file out.
CREATE MACRO kept_by(known) AS TABLE
SELECT o.customer_id, o.order_id, o.ordered_at, o.ordered_on, o.net_amount, o.discount_amount, o.channel, o.status,
       CASE WHEN o.status = 'cancelled' THEN 0 WHEN o.status = 'returned' THEN least(o.net_amount, 0)
            ELSE o.net_amount - coalesce(r.refunded, 0) END::DECIMAL(18, 4) AS kept
FROM '{folder}/orders.parquet' AS o
LEFT JOIN (SELECT order_id, sum(amount) AS refunded FROM '{folder}/refunds.parquet'
           WHERE refunded_on < known GROUP BY order_id) AS r USING (order_id)
WHERE o.ordered_on < known AND o.customer_id IS NOT NULL;

CREATE MACRO rank_of(spend) AS 1 + (spend >= 5000)::INTEGER + (spend >= 20000)::INTEGER;

CREATE TEMP TABLE sums AS
SELECT * EXCLUDE (gaps), list_aggregate(gaps, 'median') AS median_gap_days,
       CASE WHEN len(gaps) >= 2
            THEN list_aggregate(gaps, 'stddev_samp') / list_aggregate(gaps, 'avg') END AS gap_cv
FROM (
    SELECT * EXCLUDE (days), list_filter(list_transform(list_zip(days[2:], days[:-2]),
                                                        lambda p: p[1] - p[2]), lambda g: g > 0) AS gaps
    FROM (
        SELECT customer_id,
               count(*) FILTER (kept > 0) AS order_count,
               count(*) FILTER (kept > 0 AND ordered_on >= DATE '2026-11-22' - 365) AS order_count_365d,
               count(*) FILTER (kept > 0 AND ordered_on >= DATE '2026-11-22' - 90) AS order_count_90d,
               count(*) FILTER (kept > 0 AND ordered_on >= DATE '2026-11-22' - 30) AS order_count_30d,
               count(*) FILTER (kept > 0 AND ordered_on >= DATE '2026-11-22' - 365 AND discount_amount > 0) AS offers,
               min(ordered_on) FILTER (kept > 0) AS first_on,
               max(ordered_on) FILTER (kept > 0) AS last_on,
               sum(kept) AS net_spend,
               sum(kept) FILTER (ordered_on >= DATE '2026-11-22' - 365) AS net_spend_365d,
               sum(kept) FILTER (ordered_on >= DATE '2026-01-01') AS net_spend_this_year,
               sum(net_amount) FILTER (net_amount > 0 AND status IS DISTINCT FROM 'cancelled'
                                       AND ordered_on >= DATE '2026-11-22' - 365) AS gross,
               coalesce(sum(kept) FILTER (ordered_on BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'), 0) AS y1,
               coalesce(sum(kept) FILTER (ordered_on BETWEEN DATE '2024-01-01' AND DATE '2024-12-31'), 0) AS y2,
               count(*) FILTER (kept > 0 AND ordered_on >= DATE '2026-11-22' - 360
                                AND ordered_on < DATE '2026-11-22' - 180) AS earlier,
               sum((kept * 10000)::BIGINT // 250000) FILTER (kept > 0 AND ordered_on >= DATE '2026-11-22' - 365)
                   AS points,
               list_sort(list(ordered_on) FILTER (kept > 0)) AS days
        FROM kept_by(DATE '2026-11-22')
        GROUP BY customer_id
    )
);

CREATE TEMP TABLE channels AS
SELECT customer_id, count(*) AS channel_count_365d, sum(n) FILTER (channel IN ('online', 'app')) AS online,
       min((-n, DATE '2026-11-22' - last_on, channel))[3] AS most_used
FROM (SELECT customer_id, channel, count(*) AS n, max(ordered_on) AS last_on
      FROM kept_by(DATE '2026-11-22')
      WHERE kept > 0 AND channel IS NOT NULL AND ordered_on >= DATE '2026-11-22' - 365
      GROUP BY customer_id, channel)
GROUP BY customer_id;

CREATE TEMP TABLE lines AS
SELECT w.*, l.product_id, l.category, l.net_amount - coalesce(r.amount, 0) AS amount
FROM (SELECT o.customer_id, o.order_id, o.ordered_on, o.ordered_at, o.ordered_on = s.last_on AS is_last
      FROM kept_by(DATE '2026-11-22') AS o JOIN sums AS s USING (customer_id)
      WHERE o.kept > 0 AND (o.ordered_on >= DATE '2026-11-22' - 365 OR o.ordered_on = s.last_on)) AS w
JOIN '{folder}/order_lines.parquet' AS l USING (order_id)
LEFT JOIN (SELECT order_id, line_no, sum(amount) AS amount FROM '{folder}/refunds.parquet'
           WHERE refunded_on < DATE '2026-11-22' AND line_no IS NOT NULL GROUP BY ALL) AS r
    ON r.order_id = l.order_id AND r.line_no = l.line_no
WHERE l.quantity > 0 AND l.net_amount > coalesce(r.amount, 0);

CREATE TEMP TABLE categories AS
SELECT customer_id, count(*) AS category_count_365d,
       min((-amount, DATE '2026-11-22' - last_on, category))[3] AS top_category
FROM (SELECT customer_id, category, sum(amount) AS amount, max(ordered_on) AS last_on FROM lines
      WHERE category IS NOT NULL AND ordered_on >= DATE '2026-11-22' - 365 GROUP BY customer_id, category)
GROUP BY customer_id;

CREATE TEMP TABLE products AS
SELECT customer_id, max((ordered_at, order_id, amount, product_id))[4] AS last_product_id
FROM lines WHERE is_last GROUP BY customer_id;

DROP TABLE lines;

CREATE TEMP TABLE shop AS
SELECT min(amount) FILTER (fifth >= 2) AS f2, min(amount) FILTER (fifth >= 3) AS f3,
       min(amount) FILTER (fifth >= 4) AS f4, min(amount) FILTER (fifth >= 5) AS f5,
       (SELECT median(median_gap_days) FROM sums) AS gap
FROM (SELECT amount, 1 + (5 * (2 * (sum(ties) OVER (ORDER BY amount) - ties) + ties - 1))
                         // (2 * sum(ties) OVER ()) AS fifth
      FROM (SELECT net_spend_365d AS amount, count(*) AS ties FROM sums WHERE order_count_365d > 0 GROUP BY 1));

CREATE TEMP TABLE week_ago AS
SELECT customer_id, coalesce(sum(kept) FILTER (ordered_on >= DATE '2026-01-01'), 0) AS y0,
       coalesce(sum(kept) FILTER (ordered_on < DATE '2026-01-01'), 0) AS y1
FROM kept_by(DATE '2026-11-15') WHERE ordered_on >= DATE '2025-01-01' GROUP BY customer_id;

CREATE TEMP TABLE crossings AS
SELECT customer_id, max(ordered_on) FILTER (spent >= starts AND spent - amount < starts) AS reached_on
FROM (SELECT *, sum(amount) OVER (PARTITION BY customer_id ORDER BY ordered_on) AS spent
      FROM (SELECT customer_id, c.starts, o.ordered_on, sum(o.kept) AS amount
            FROM kept_by(DATE '2026-11-22') AS o
            JOIN (SELECT customer_id, y1, y2, [0, 5000, 20000][rank_of(greatest(net_spend_this_year, y1))] AS starts
                  FROM sums
                  WHERE greatest(net_spend_this_year, y1) >= 5000) AS c USING (customer_id)
            WHERE NOT (y1 >= starts AND y2 >= starts)
              AND ordered_on BETWEEN CASE WHEN y1 >= starts THEN DATE '2025-01-01' ELSE DATE '2026-01-01' END
                                 AND CASE WHEN y1 >= starts THEN DATE '2025-12-31' ELSE DATE '2026-12-31' END
            GROUP BY ALL))
GROUP BY customer_id;

COPY (
    WITH birthdays AS (
        SELECT *, CASE WHEN joined_on <= DATE '2026-11-22' THEN joined_on END AS joined,
               make_date(2026, birth_month, birth_day) AS b0, make_date(2027, birth_month, birth_day) AS b1,
               (birth_month + 5) % 12 + 1 AS half_month
        FROM '{folder}/customers.parquet'
    ),
    days AS (
        SELECT *, least(birth_day, day(last_day(make_date(2026, half_month, 1))))::INTEGER AS h0_day,
               least(birth_day, day(last_day(make_date(2027, half_month, 1))))::INTEGER AS h1_day,
               make_date(2026, month(joined)::INTEGER,
                         CASE WHEN month(joined) = 2 THEN least(day(joined), 28) ELSE day(joined) END::INTEGER) AS j0,
               make_date(2027, month(joined)::INTEGER,
                         CASE WHEN month(joined) = 2 THEN least(day(joined), 28) ELSE day(joined) END::INTEGER) AS j1
        FROM birthdays
    ),
    known AS (
        SELECT customer_id,
               (CASE WHEN b0 >= DATE '2026-11-22' THEN b0 ELSE b1 END - DATE '2026-11-22')::INTEGER AS days_to_birthday,
               (CASE WHEN make_date(2026, half_month, h0_day) >= DATE '2026-11-22'
                     THEN make_date(2026, half_month, h0_day) ELSE make_date(2027, half_month, h1_day) END
                - DATE '2026-11-22')::INTEGER AS days_to_half_birthday,
               (2026 - birth_year - (b0 > DATE '2026-11-22')::INTEGER)::INTEGER AS age,
               (DATE '2026-11-22' - joined)::INTEGER AS days_since_joined,
               (CASE WHEN j0 >= DATE '2026-11-22' THEN j0 ELSE j1 END - DATE '2026-11-22')::INTEGER
                   AS days_to_join_anniversary,
               (2026 - year(joined) - (j0 > DATE '2026-11-22')::INTEGER)::INTEGER AS years_a_member,
               coalesce(declared_channel, most_used, 'email') AS preferred_channel,
               joined IS NOT NULL AS is_member,
               coalesce(order_count, 0)::INTEGER AS order_count,
               coalesce(order_count_365d, 0)::INTEGER AS order_count_365d,
               coalesce(order_count_90d, 0)::INTEGER AS order_count_90d,
               coalesce(order_count_30d, 0)::INTEGER AS order_count_30d,
               (DATE '2026-11-22' - last_on)::INTEGER AS days_since_last_purchase,
               (DATE '2026-11-22' - first_on)::INTEGER AS days_since_first_purchase,
               coalesce(net_spend, 0)::DECIMAL(18, 4) AS net_spend,
               coalesce(net_spend_365d, 0)::DECIMAL(18, 4) AS net_spend_365d,
               round(net_spend_365d / nullif(order_count_365d, 0), 4)::DECIMAL(18, 4) AS average_order_value_365d,
               coalesce(net_spend_this_year, 0)::DECIMAL(18, 4) AS net_spend_this_year,
               CASE WHEN order_count_365d > 0 THEN concat(
                   CASE WHEN DATE '2026-11-22' - last_on <= 30 THEN 5 WHEN DATE '2026-11-22' - last_on <= 90 THEN 4
                        WHEN DATE '2026-11-22' - last_on <= 180 THEN 3 ELSE 2 END,
                   CASE WHEN order_count_365d >= 8 THEN 5 WHEN order_count_365d >= 5 THEN 4
                        WHEN order_count_365d >= 3 THEN 3 WHEN order_count_365d >= 2 THEN 2 ELSE 1 END,
                   CASE WHEN net_spend_365d <= 0 THEN 1 WHEN net_spend_365d >= f5 THEN 5
                        WHEN net_spend_365d >= f4 THEN 4 WHEN net_spend_365d >= f3 THEN 3
                        WHEN net_spend_365d >= f2 THEN 2 ELSE 1 END) END AS rfm,
               median_gap_days, gap_cv,
               (DATE '2026-11-22' - last_on) / coalesce(median_gap_days, gap) AS overdue_ratio,
               CASE WHEN gross > 0 THEN greatest(0, least(1, (gross - net_spend_365d) / gross)) END::DOUBLE
                   AS return_rate_365d,
               offers / nullif(order_count_365d, 0) AS offer_order_share_365d,
               1 - offers / nullif(order_count_365d, 0) AS full_price_share_365d,
               coalesce(online, 0) / nullif(order_count_365d, 0) AS online_share_365d,
               coalesce(channel_count_365d, 0)::INTEGER AS channel_count_365d,
               coalesce(category_count_365d, 0)::INTEGER AS category_count_365d,
               top_category, last_product_id,
               coalesce(s.net_spend_this_year, 0) AS y0, coalesce(s.y1, 0) AS y1,
               rank_of(greatest(coalesce(s.net_spend_this_year, 0), coalesce(s.y1, 0))) AS rank,
               rank_of(greatest(coalesce(w.y0, 0), coalesce(w.y1, 0))) AS rank_before,
               reached_on, earlier, points
        FROM days
        LEFT JOIN sums AS s USING (customer_id)
        LEFT JOIN channels USING (customer_id)
        LEFT JOIN categories USING (customer_id)
        LEFT JOIN products USING (customer_id)
        LEFT JOIN week_ago AS w USING (customer_id)
        LEFT JOIN crossings USING (customer_id)
        CROSS JOIN shop
    ),
    features AS (
        SELECT * EXCLUDE (y0, y1, rank, rank_before, reached_on, earlier, points),
               ['member', 'silver', 'gold'][rank] AS tier, ['member', 'silver', 'gold'][rank + 1] AS next_tier,
               CASE WHEN rank = 3 THEN 1
                    ELSE greatest(0, least(1, (y0 - [0, 5000, 20000][rank]::DECIMAL(18, 4))
                        / ([0, 5000, 20000][rank + 1] - [0, 5000, 20000][rank])::DECIMAL(18, 4))) END::DOUBLE
                   AS tier_progress,
               ([0, 5000, 20000][rank + 1] - y0)::DECIMAL(18, 4) AS to_next_tier,
               CASE WHEN rank > rank_before THEN 'up' WHEN rank < rank_before THEN 'down' ELSE 'none' END
                   AS tier_moved_7d,
               CASE WHEN reached_on >= DATE '2026-11-22' - 365 THEN DATE '2026-11-22' - reached_on END::INTEGER
                   AS days_since_tier_change,
               CASE WHEN rank > 1 THEN CASE WHEN y0 >= [0, 5000, 20000][rank] THEN 404 ELSE 39 END END::INTEGER
                   AS days_to_tier_end,
               CASE WHEN rank > 1 THEN greatest(0, [0, 5000, 20000][rank] - y0) ELSE 0 END::DECIMAL(18, 4)
                   AS to_keep_tier,
               CASE WHEN order_count = 0 THEN 'prospect'
                    WHEN order_count_365d >= 3 AND days_since_last_purchase <= 180 THEN 'client'
                    ELSE 'customer' END AS rung,
               days_since_last_purchase > 180 AS is_lapsed,
               coalesce(days_since_last_purchase <= 180 AND earlier > 0, false) AS is_retained,
               coalesce(points, 0)::INTEGER AS points_earned_365d
        FROM known
    )
    SELECT *, {conditions}
    FROM features
    ORDER BY customer_id
) TO '{out}' (FORMAT parquet, ROW_GROUP_SIZE 51200);
