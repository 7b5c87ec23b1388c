-- What:  days of the calendar as occasions for a grant, from the day a customer came.
-- Grain: one row per customer and such day.   Params: day (variable); `due` is filled in.
(
    SELECT customer_id, strftime(day, '%Y-%m-%d') AS source, day, NULL::TIMESTAMPTZ AS happened_at,
           NULL::DECIMAL(18, 4) AS value
    FROM (
        SELECT customer_id, least(joined_on, first_on) AS since
        FROM facts_people
        LEFT JOIN first_days USING (customer_id)
    )
    JOIN (
        SELECT unnest(range(TIMESTAMP '1990-01-01', getvariable('day')::TIMESTAMP, INTERVAL 1 DAY))::DATE AS day
    ) AS days ON days.day >= since
    WHERE {due}
)
