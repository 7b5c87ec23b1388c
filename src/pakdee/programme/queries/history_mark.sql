-- What:  a mark by which a change of anybody's tiers is noticed.
-- Grain: one row.
SELECT count(*), bit_xor(hash(customer_id, day, rank, ends_on)), sum(hash(customer_id, day, rank, ends_on)::HUGEINT)
FROM tier_history;
