-- What:  new rows in front of the last snapshot's: an upsert by key.
-- Grain: one row per key of either.
-- Why:   `replaced` may be wider than the key, so that an order that comes again brings all its lines again.
CREATE TABLE {merged} AS
SELECT {columns} FROM {clean} AS fresh LEFT JOIN {past} AS past ON {same}
UNION ALL BY NAME
SELECT past.* FROM {past} AS past ANTI JOIN {clean} AS fresh ON {replaced};
