-- What:   a metric's value on a day; measuring again replaces it.
-- Grain:  one row per day, metric and scope.
-- Params: those of the row
INSERT INTO metric (day, metric, scope, value, unit, k, n, low, high, why_not, definition, currency, recorded_at)
VALUES (:day, :metric, :scope, :value, :unit, :k, :n, :low, :high, :why_not, :definition, :currency, :recorded_at)
ON CONFLICT (day, metric, scope) DO UPDATE SET
    value = excluded.value, unit = excluded.unit, k = excluded.k, n = excluded.n, low = excluded.low,
    high = excluded.high, why_not = excluded.why_not, definition = excluded.definition,
    currency = excluded.currency, recorded_at = excluded.recorded_at
