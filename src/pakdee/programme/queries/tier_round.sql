-- What:  the next step of every candidate: a higher level reached, else the end of the term.
-- Grain: one row per epoch that is still under way.   Params: round, lowest (variables).
-- Why:   rounds are few, as few as a customer's changes, and each takes all customers one on. A level reached on
--        the very day on which the term is decided comes first, and begins a new one.
INSERT INTO tier_steps
WITH under_way AS (
    SELECT s.*, shown_until,
           CASE WHEN s.ends_on IS NOT NULL THEN greatest(decided_on(s.ends_on), s.day + 1) END AS decided
    FROM tier_steps AS s
    JOIN tier_epochs USING (epoch)
    WHERE round = getvariable('round')
),
risen AS (
    SELECT u.epoch, min(greatest(c.day, u.day + 1)) AS day, arg_min(c.rank, c.day) AS rank
    FROM under_way AS u
    JOIN tier_climbs AS c ON c.epoch = u.epoch AND c.rank > u.rank AND c.until > u.day + 1
        AND c.day < u.shown_until AND c.day <= coalesce(u.decided, u.shown_until)
    GROUP BY u.epoch
),
decided AS (
    SELECT u.epoch, u.decided, u.rank, u.since, u.ends_on,
           rank_reached(coalesce(sum(amount) FILTER (is_in_window(d.day, u.decided)), 0)) AS reached,
           rank_kept(coalesce(sum(amount) FILTER (is_in_last_window(d.day, u.ends_on)), 0)) AS enough_for
    FROM under_way AS u
    ANTI JOIN risen USING (epoch)
    LEFT JOIN tier_days AS d ON d.epoch = u.epoch AND d.day <= u.decided
    WHERE u.decided < u.shown_until
    GROUP BY ALL
),
fallen AS (
    SELECT *, greatest(reached, rank_after_term(rank, enough_for)) AS rank_now FROM decided
)
SELECT getvariable('round') + 1, epoch, day, rank, day, term_end(day), 'qualify'
FROM risen
UNION ALL
SELECT getvariable('round') + 1, epoch, decided, rank_now, CASE WHEN rank_now = rank THEN since END,
       CASE WHEN rank_now > getvariable('lowest') THEN term_end(ends_on) END,
       CASE WHEN rank_now = rank THEN 'keep' ELSE 'downgrade' END
FROM fallen;
