-- What:  grants that the balance paid for; adds what they cost to what was used.
-- Grain: bought, one row per grant given.   Params: `names` and `costs` of the grants by number are filled in.
-- Why:   `payments`, one row per saver, day and grant, are found day after day, see `paying`. A balance that pays
--        for many at once has one row of what was used, without a source: each grant has its own.
CREATE OR REPLACE TEMP TABLE paid AS
SELECT customer_id, ([{names}])[grant_number + 1] AS rule, day, ([{costs}])[grant_number + 1]::BIGINT AS cost, times
FROM payments
JOIN savers USING (number);

CREATE OR REPLACE TEMP VIEW bought AS
SELECT customer_id, rule, rule || ':' || day || ':' || n AS source, day, cost AS units,
       NULL::TIMESTAMPTZ AS happened_at, NULL::DECIMAL(18, 4) AS value
FROM (SELECT *, unnest(range(1, times + 1)) AS n FROM paid);

INSERT INTO used SELECT customer_id, 'redeem' AS kind, rule, NULL AS source, day, cost * times AS units FROM paid;
