-- What:  what is open between a customer and the shop, and how the last parcels came.
-- Grain: one row per customer from the first to the last one.   Params: first, last (variables, customer ids), day.
-- Why:   nothing open has waited 0 hours; with hours, one threshold suits a question and a quarrel.
CREATE TEMP VIEW service AS
SELECT customer_id,
       coalesce(epoch(begins(getvariable('day')) - oldest_open_at) / 3600, 0) AS open_ticket_hours,
       getvariable('day') - local_day(last_closed_at) AS days_since_ticket_closed,
       getvariable('day') - local_day(last_our_fault_at) AS days_since_our_fault,
       getvariable('day') - local_day(last_delivered_at) AS days_since_delivery,
       late_delivery_days
FROM (FROM shop_customers WHERE customer_id BETWEEN getvariable('first') AND getvariable('last'))
LEFT JOIN (FROM ticket_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id)
LEFT JOIN (FROM delivery_sums WHERE customer_id BETWEEN getvariable('first') AND getvariable('last')) USING (customer_id);
