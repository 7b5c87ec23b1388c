-- What:  facts with the tier that the customer held in the morning of their day, counted from 1.
-- Grain: that of `facts`, which is filled in.
-- Why:   a tier that is reached on a day counts from the next one; before the first, everyone is on the lowest.
(
    SELECT f.*, coalesce(h.rank, getvariable('lowest')) AS morning
    FROM {facts} AS f
    ASOF LEFT JOIN tier_history AS h ON f.customer_id = h.customer_id AND f.day > h.day
)
