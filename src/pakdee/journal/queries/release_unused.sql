-- What:   offers that count in a budget or a member's cap, and that nobody can use any more, are released.
-- Params: day
-- Why:    a mail that was cancelled, refused or bounced promised nothing, so the member may have another one; an
--         offer whose time is over was had. Units are in the account whatever becomes of the mail, if it was
--         sent at all.
UPDATE offer
SET released = f.because,
    cap_period = CASE WHEN f.because = 'expired' THEN offer.cap_period END,
    cap_place = CASE WHEN f.because = 'expired' THEN offer.cap_place END
FROM (
    SELECT o.customer_id, o.campaign, o.step, o.occasion,
           CASE WHEN b.state IN ('cancelled', 'refused') THEN b.state
                WHEN o.units IS NULL AND EXISTS (
                    SELECT 1 FROM engagement_event e
                    WHERE e.message_id = m.message_id AND e.kind IN ('bounced', 'dropped')) THEN 'bounced'
                WHEN o.units IS NULL AND o.expires_on < :day THEN 'expired' END AS because
    FROM offer o JOIN message m
         ON m.customer_id = o.customer_id AND m.campaign = o.campaign AND m.step = o.step AND m.occasion = o.occasion
    LEFT JOIN batch b ON b.id = m.batch_id
    WHERE (o.budget_period IS NOT NULL OR o.cap_period IS NOT NULL)
      AND o.released IS NULL AND o.redeemed_on IS NULL
) f
WHERE offer.customer_id = f.customer_id AND offer.campaign = f.campaign AND offer.step = f.step
  AND offer.occasion = f.occasion AND f.because IS NOT NULL
