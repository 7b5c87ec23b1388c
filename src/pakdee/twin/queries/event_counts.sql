-- What:   events by name and state.
-- Grain:  one row per pair, copies included.
-- Params: none.
-- Why:    shows whether the webhook takes them.
SELECT name, state, COUNT(*) AS events FROM event GROUP BY name, state ORDER BY name, state
