-- What:  net orders and net revenue of the period, and the guests' part of it.
-- Grain: one row per currency.
-- Params: start, end (days).
-- Why:   revenue is what moved in the period, so a refund of an older order lowers this period.
WITH money AS (
    SELECT currency, 0 AS orders, amount, customer_id IS NULL AS is_guest
    FROM takings
    WHERE moved_on >= $start AND moved_on < $end
    UNION ALL
    SELECT currency, 1, 0, customer_id IS NULL
    FROM net_orders
    WHERE ordered_on >= $start AND ordered_on < $end
)
SELECT currency, sum(orders)::BIGINT AS orders, sum(amount) AS net,
       coalesce(sum(amount) FILTER (is_guest), 0) AS guest_net
FROM money
GROUP BY currency
ORDER BY currency
