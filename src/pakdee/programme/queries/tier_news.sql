-- What:  days on which something became known of a candidate's earlier days.
-- Grain: one row per candidate and day, or more.   Params: none.
CREATE OR REPLACE TEMP TABLE tier_news AS
SELECT customer_id, known_on FROM tier_facts WHERE known_on > day OR is_loose;
