-- What:  rows that name a customer or order that is not there.
-- Grain: one reject per such row. An empty name is no fault: an order without customer is a guest's.
INSERT INTO rejects
SELECT {table}, typed._row, {column_name}, {reason}, true
FROM {typed} AS typed
ANTI JOIN {parent} AS parent ON typed.{column} = parent.{parent_key}
WHERE typed._fault IS NULL AND typed.{column} IS NOT NULL;
