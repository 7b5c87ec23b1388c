-- What:  net spend of each customer in a tier's window and the two before it, as known before a day.
-- Grain: one row per customer_id with an order since `spend_from`.
-- Params: spend_from (variable, a day), lifetime (variable, boolean), and the macro's own `day`.
-- Why:   a macro, because a tier of today is compared with the one of a week ago, each by what was known then.
--        A lifetime has one window only. It ends before the day, like all facts.
CREATE TEMP MACRO spends(day) AS TABLE
SELECT customer_id,
       coalesce(sum(kept) FILTER (getvariable('lifetime') OR ordered_on >= date_trunc('year', day)), 0) AS now,
       coalesce(sum(kept) FILTER (
           NOT getvariable('lifetime')
           AND ordered_on >= date_trunc('year', day) - INTERVAL 1 YEAR AND ordered_on < date_trunc('year', day)
       ), 0) AS before,
       coalesce(sum(kept) FILTER (
           NOT getvariable('lifetime') AND ordered_on < date_trunc('year', day) - INTERVAL 1 YEAR
           AND ordered_on >= date_trunc('year', day) - INTERVAL 2 YEAR
       ), 0) AS long_before
FROM kept_orders(day)
WHERE ordered_on >= getvariable('spend_from')
GROUP BY customer_id;
