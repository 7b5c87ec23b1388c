-- What:  puts back the tiers of those who were settled before this turn, which left them out.
-- Grain: tier_history and tier_standings, as they are made.
DELETE FROM tier_history WHERE customer_id IN (FROM tier_settled);

INSERT INTO tier_history SELECT h.* FROM tier_history_before AS h SEMI JOIN tier_settled USING (customer_id);

DELETE FROM tier_standings WHERE customer_id IN (FROM tier_settled);

INSERT INTO tier_standings SELECT s.* FROM tier_standings_before AS s SEMI JOIN tier_settled USING (customer_id);
