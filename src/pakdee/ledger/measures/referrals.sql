-- What:  new buyers of the period and those referred; invitations of the period, inviters and conversions.
-- Grain: one row.
-- Params: start, end (days), start_at, end_at (instants).
-- Why:   a buyer is new once, with the first net order, so a returned first order makes nobody new, and one who
--        bought before being invited was not won.
WITH first_orders AS (
    SELECT customer_id, min(ordered_at) AS first_at, min(ordered_on) AS first_on
    FROM net_orders
    WHERE customer_id IS NOT NULL
    GROUP BY customer_id
),
new_buyers AS (
    SELECT * FROM first_orders WHERE first_on >= $start AND first_on < $end
),
invitations AS (
    SELECT g.referrer_id, coalesce(f.first_at >= g.invited_at, false) AS has_converted
    FROM genuine_referrals g
    LEFT JOIN first_orders f ON f.customer_id = g.converted_customer_id
    WHERE g.invited_at >= $start_at AND g.invited_at < $end_at
)
SELECT (SELECT count(*) FROM new_buyers) AS new_buyers,
       (SELECT count(DISTINCT n.customer_id) FROM new_buyers n
        JOIN genuine_referrals g ON g.converted_customer_id = n.customer_id AND n.first_at >= g.invited_at
       ) AS referred,
       count(*) AS invited,
       count(DISTINCT referrer_id) AS inviters,
       count(*) FILTER (has_converted) AS converted
FROM invitations
