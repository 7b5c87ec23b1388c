-- What:  a table as it is kept.
-- Grain: that of the table, sorted, so that the same facts give the same file whatever order they came in.
COPY (SELECT {columns} FROM {merged} ORDER BY {order})
TO {file} (FORMAT parquet, COMPRESSION zstd);
