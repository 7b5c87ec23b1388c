"""One row per customer, written range by range: however many there are, one range is in memory at a time."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.parquet as pq

ROWS_PER_GROUP = 51_200
"""Rows of a Parquet row group, so that reading one shard touches one or two of them."""

RANGE = 2 * ROWS_PER_GROUP

SMALL_RANGE = ROWS_PER_GROUP // 2
"""For what takes each customer's whole history into memory: two million entries, at eighty a customer."""

IN_RANGE = "customer_id BETWEEN getvariable('first') AND getvariable('last')"
"""Narrows a table to the range that is being written."""


def write_ranges(
    connection: duckdb.DuckDBPyConnection, select: str, everyone: str, out: Path, size: int = RANGE
) -> None:
    """Write `out`, a Parquet file in the order of customer_id.

    Args:
        select: one row per customer of the range, see IN_RANGE.
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
            rows = connection.sql(f"{select} ORDER BY customer_id").to_arrow_reader(ROWS_PER_GROUP)
            writer = writer or pq.ParquetWriter(out, rows.schema)
            for group in rows:
                writer.write_batch(group)
    finally:
        if writer:
            writer.close()
