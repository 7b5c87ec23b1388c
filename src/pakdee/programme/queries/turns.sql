-- What:  days from which on a balance may pay for what it could not pay for before, though nothing moved it: the
--        first mornings in another tier, first days with and without a plan, days on which a birth date was told.
-- Grain: rows to be added to what moved balances, one per saver and such day, or more.   Params: none.
-- Why:   a grant that is for members of a tier is due as soon as they are, and not with their next order.
    UNION ALL
    SELECT number, t.day, 0, 0, 0
    FROM (
        SELECT customer_id, day + 1 AS day FROM tier_history
        UNION ALL
        SELECT customer_id, unnest([started_on, least(holds_until, DATE '9999-12-30') + 1]) FROM plan_days
        UNION ALL
        SELECT customer_id, birth_told_on FROM facts_people
    ) AS t
    JOIN savers USING (customer_id)
    WHERE t.day >= since
