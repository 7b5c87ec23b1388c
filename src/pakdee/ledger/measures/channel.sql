-- What:  customers contactable by e-mail at the start, and those of them who opted out in the period.
-- Grain: one row.
-- Params: start, end (days), start_at, end_at (instants), address (pattern of a usable one).
-- Why:   the ledger knows today's consent only. One who withdrew since the start was contactable at it, unless
--        withdrawn before, so withdrawals (ours, and the shop's dated ones) are laid over today's answer.
--        Bounces and complaints are no opt-outs of this kind; new consents never make up for lost ones.
WITH withdrawn AS (
    SELECT customer_id, withdrawn_at FROM withdrawals
    UNION
    SELECT customer_id, consent_at FROM shoppers WHERE marketing_consent = false AND consent_at IS NOT NULL
),
per_customer AS (
    SELECT s.customer_id,
           s.marketing_consent AND (s.consent_at IS NULL OR s.consent_at < $start_at) AS had_granted,
           max(w.withdrawn_at) FILTER (w.withdrawn_at < $start_at) AS before_at,
           bool_or(w.withdrawn_at >= $start_at) AS has_left_since,
           bool_or(w.withdrawn_at >= $start_at AND w.withdrawn_at < $end_at) AS has_left_in_period,
           any_value(s.consent_at) FILTER (s.marketing_consent) AS granted_at
    FROM shoppers s
    JOIN shop_persons p USING (customer_id)
    LEFT JOIN withdrawn w USING (customer_id)
    WHERE regexp_full_match(trim(p.email), $address)
    GROUP BY s.customer_id, s.marketing_consent, s.consent_at
),
at_start AS (
    SELECT coalesce(has_left_in_period, false) AS has_left
    FROM per_customer
    WHERE (coalesce(had_granted, false) OR coalesce(has_left_since, false))
      AND (before_at IS NULL OR coalesce(granted_at > before_at AND granted_at < $start_at, false))
)
SELECT count(*) AS contactable, count(*) FILTER (has_left) AS opted_out
FROM at_start
