-- What:  rows set aside and values left out.
-- Grain: one row per source row and column.
-- Why:   whole_row says whether the row is gone (true) or only this value (false).
CREATE TABLE rejects (of_table VARCHAR, of_row BIGINT, of_column VARCHAR, reason VARCHAR, whole_row BOOLEAN);
