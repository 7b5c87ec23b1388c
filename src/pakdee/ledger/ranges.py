"""One row per customer, written range by range: however many there are, one range is in memory at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

ROWS_PER_GROUP = 51_200
"""Rows of a Parquet row group, so that reading one shard touches one or two of them."""

RANGE = ROWS_PER_GROUP

SMALL_RANGE = ROWS_PER_GROUP // 2
"""For what takes each customer's whole history into memory: two million entries, at eighty a customer."""

IN_RANGE = "customer_id BETWEEN getvariable('first') AND getvariable('last')"
"""Narrows a table to the range that is being written."""


def write_ranges(
    connection: duckdb.DuckDBPyConnection,
    selects: Sequence[str],
    everyone: str,
    out: Path,
    size: int = RANGE,
) -> None:
    """Write `out`, a Parquet file in the order of customer_id.

    Args:
        selects: each gives `customer_id` and some columns, one row per customer of the range, see IN_RANGE.
            They are laid side by side: a join of them all would hold all that each of them joins at once.
        everyone: the table or view with all ids.
        size: customers in a range.
    """
    numbered = f"SELECT customer_id, row_number() OVER (ORDER BY customer_id) - 1 AS n FROM {everyone}"
    bounds = connection.execute(
        f"SELECT min(customer_id), max(customer_id) FROM ({numbered}) GROUP BY n // {size} ORDER BY 1"
    ).fetchall()
    writer = None
    try:
        for first, last in bounds or [("", "")]:  # a table without rows has columns all the same
            connection.execute("SET VARIABLE first = ?", [first])
            connection.execute("SET VARIABLE last = ?", [last])
            rows = _side_by_side(connection, selects)
            writer = writer or pq.ParquetWriter(out, rows.schema)
            writer.write_table(rows, row_group_size=ROWS_PER_GROUP)
    finally:
        if writer:
            writer.close()


def _side_by_side(connection: duckdb.DuckDBPyConnection, selects: Sequence[str]) -> pa.Table:
    whole, *others = (connection.sql(f"{select} ORDER BY customer_id").to_arrow_table() for select in selects)
    for table in others:
        for name in table.column_names[1:]:
            whole = whole.append_column(name, table[name])
    return whole
