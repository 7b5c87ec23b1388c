-- What:  when a customer last logged in.
-- Grain: one row per customer with a login before the day.   Params: day (variable).
CREATE TEMP TABLE logins AS
SELECT customer_id, max(occurred_on) AS logged_in_on
FROM activities
WHERE lower(type) = 'login' AND occurred_on < getvariable('day')
GROUP BY customer_id;
