-- What:   codes of ours that were used before a day.
-- Grain:  one row per code, by its first use.
-- Params: day, zone; the table asked (code, starts_on).
-- Why:    by the order that names the code, else by the shop's own list of grants. Cases are not told apart, since
--         people type codes. An order that was cancelled, or came back whole, used nothing, nor does one before
--         the first day of a code.
SELECT c.code, arg_min(used.used_on, used.used_on), arg_min(used.order_id, used.used_on)
FROM asked c JOIN (
    SELECT upper(trim(offer_id)) AS code, ordered_on AS used_on, order_id
    FROM shop_orders
    WHERE offer_id IS NOT NULL AND ordered_on < $day AND coalesce(status, '') NOT IN ('cancelled', 'returned')
    UNION ALL
    SELECT upper(trim(code)), CAST(timezone($zone, redeemed_at) AS DATE), order_id
    FROM shop_grants_issued
    WHERE code IS NOT NULL AND CAST(timezone($zone, redeemed_at) AS DATE) < $day
) used ON used.code = upper(c.code) AND (c.starts_on IS NULL OR used.used_on >= c.starts_on)
GROUP BY c.code
ORDER BY c.code
