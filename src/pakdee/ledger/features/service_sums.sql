-- What:  what customers had to ask for, and how their parcels came.
-- Grain: ticket_sums and delivery_sums, one row per customer_id with a ticket or a delivered order.
-- Params: day (variable).
-- Why:   a ticket that was closed later was open on the day. Of an order that was returned whole nobody waits for
--        the parcel any more.
CREATE TEMP TABLE ticket_sums AS
WITH known AS (
    SELECT customer_id, opened_at, lower(at_fault) AS at_fault,
           CASE WHEN closed_at < begins(getvariable('day')) THEN closed_at END AS closed_at
    FROM shop_tickets
    WHERE customer_id IS NOT NULL AND opened_at < begins(getvariable('day'))
)
SELECT customer_id,
       min(opened_at) FILTER (closed_at IS NULL) AS oldest_open_at,
       max(closed_at) AS last_closed_at,
       max(closed_at) FILTER (at_fault = 'us') AS last_our_fault_at
FROM known
GROUP BY customer_id;

CREATE TEMP TABLE delivery_sums AS
SELECT customer_id,
       max(delivered_at) AS last_delivered_at,
       max(CASE WHEN delivered_at >= begins(getvariable('day') - 7) AND promised_on IS NOT NULL
                THEN greatest(0, local_day(delivered_at) - promised_on) END) AS late_delivery_days
FROM kept_orders(getvariable('day'))
WHERE kept > 0 AND delivered_at < begins(getvariable('day'))
GROUP BY customer_id;
