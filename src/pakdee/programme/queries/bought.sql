-- What:  grants that the balance paid for, event by event; adds them to what was used.
-- Grain: one row per grant given.   Params: `bought`, `names` and `costs` are filled in.
-- Why:   whether a balance reaches the cost depends on what was bought before; only day after day tells it.
CREATE OR REPLACE TEMP TABLE bought AS
WITH histories AS (
    SELECT customer_id, list(struct_pack(
               day := day, may := may, gained := gained::BIGINT, lost := lost::BIGINT, used := used::BIGINT,
               reach := reach::BIGINT, come := 0::BIGINT, gone := 0::BIGINT,
               bought := []::STRUCT(number INTEGER, day DATE, times BIGINT)[]
           ) ORDER BY day) AS events
    FROM moves
    GROUP BY customer_id
),
after AS (
    SELECT customer_id, unnest(list_reduce(
        events, lambda b, e: {bought},
        struct_pack(
            day := DATE '0001-01-01', may := false, gained := 0::BIGINT, lost := 0::BIGINT, used := 0::BIGINT,
            reach := 0::BIGINT, come := 0::BIGINT, gone := 0::BIGINT,
            bought := []::STRUCT(number INTEGER, day DATE, times BIGINT)[]
        )
    ).bought) AS one
    FROM histories
)
SELECT customer_id, rule, rule || ':' || day || ':' || n AS source, day, units, NULL::TIMESTAMPTZ AS happened_at,
       NULL::DECIMAL(18, 4) AS value
FROM (
    SELECT customer_id, ([{names}])[one.number + 1] AS rule, one.day AS day,
           ([{costs}])[one.number + 1]::BIGINT AS units, unnest(range(1, one.times + 1)) AS n
    FROM after
);

INSERT INTO used SELECT customer_id, 'redeem' AS kind, rule, source, day, units FROM bought;
