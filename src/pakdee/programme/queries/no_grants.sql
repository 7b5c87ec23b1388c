-- What:  no grants.   Grain: that of grants, without a row.
SELECT NULL::VARCHAR AS customer_id, NULL::VARCHAR AS "grant", NULL::VARCHAR AS source, NULL::DATE AS day,
       NULL::DATE AS valid_to, NULL::TIMESTAMPTZ AS happened_at, NULL::DECIMAL(18, 4) AS value, NULL::VARCHAR AS cause
WHERE false
