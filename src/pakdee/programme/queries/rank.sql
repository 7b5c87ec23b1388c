-- What:  the tier a spend reaches, counted from 1.
-- Grain: a macro.   Params: levels (variable).
-- Why:   levels are amounts from the lowest up, so a rank is how many of them the spend reaches; who returned
--        more than they bought still stands on the lowest.
CREATE TEMP MACRO rank_of(spend) AS
greatest(1, len(list_filter(getvariable('levels'), lambda starts_at: starts_at <= spend)));
