-- What:  the first and last customer of each shard.
-- Grain: one row per shard, in order.   Params: size (customers in a shard).
-- Why:   shards are ranges of ids, so that reading one leaves all others on disk.
SELECT min(customer_id), max(customer_id)
FROM (SELECT customer_id, (row_number() OVER (ORDER BY customer_id) - 1) // $size AS shard FROM features)
GROUP BY shard
ORDER BY shard;
