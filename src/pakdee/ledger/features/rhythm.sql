-- What:  how far behind their own rhythm a customer is; the rhythm itself comes from order_sums.
-- Grain: one row per customer.   Params: none.
-- Why:   one order shows no rhythm, so the shop's own stands in for it.
CREATE TEMP VIEW rhythm AS
SELECT *, days_since_last_purchase / coalesce(median_gap_days, shop_gap_days) AS overdue_ratio
FROM purchases;
