-- What:  no grants that a balance paid for, where the programme has none of these.
-- Grain: as `bought`; here no rows.
CREATE OR REPLACE TEMP VIEW bought AS
SELECT customer_id, rule, source, day, units FROM used WHERE false;
