-- What:  the rung that facts prove, as macros.
-- Grain: none.   Params: none.
-- Why:   the same of today and of any earlier day: `l` is the ladder as in program.yaml, `f` what is known of a
--        customer on a day. Rungs are told by number, from 0 for prospect to 4 for advocate; what is not known proves
--        nothing.
CREATE TEMP MACRO is_promoter(l, f) AS coalesce(f.nps >= l.promoter, false);

CREATE TEMP MACRO is_client(l, f) AS
coalesce(f.orders >= l.client_orders AND f.days_since <= l.active_days, false) OR coalesce(f.has_plan, false);

CREATE TEMP MACRO signs_of_liking(l, f) AS
is_promoter(l, f)::INTEGER
    + coalesce(f.mean_rating >= l.good_rating AND f.ratings >= l.ratings, false)::INTEGER
    + coalesce(f.clicks >= l.clicks, false)::INTEGER
    + coalesce(f.social >= l.social_points, false)::INTEGER
    + coalesce(f.full_price >= l.full_price AND f.orders >= l.full_price_orders, false)::INTEGER;

CREATE TEMP MACRO is_advocate(l, f) AS
coalesce(f.ever >= 1 AND f.days_since <= l.advocate_days
         AND (coalesce(f.won >= l.referrals, false)
              OR is_promoter(l, f) AND coalesce(f.good >= l.reviews, false)), false);

CREATE TEMP MACRO rung_number(l, f) AS
CASE WHEN is_advocate(l, f) THEN 4
     WHEN is_client(l, f) AND signs_of_liking(l, f) >= l.supporter_signals THEN 3
     WHEN is_client(l, f) THEN 2
     WHEN f.ever >= 1 THEN 1
     ELSE 0 END;

CREATE TEMP MACRO rung_called(number) AS
(['prospect', 'customer', 'client', 'supporter', 'advocate'])[number + 1];
