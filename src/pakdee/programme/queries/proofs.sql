-- What:  the activities that prove something for the first time, for one rule.
-- Grain: one row per proof.   Params: `name` and `fits` are filled in.
-- Why:   the same ticket earns once, whoever brings it: so all customers are looked at together.
SELECT {name} AS rule, arg_min(source, (happened_at, source)) AS source
FROM known_activities
WHERE proof_key IS NOT NULL AND {fits}
GROUP BY proof_key
