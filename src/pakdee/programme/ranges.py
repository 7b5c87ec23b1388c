"""A programme is applied to one range of customers after the other, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

RANGE = 256_000
"""Customers; all orders are read once for each range, so smaller ones take longer."""

ROWS_PER_GROUP = 51_200

IN_RANGE = "customer_id BETWEEN getvariable('first') AND getvariable('last')"
"""Narrows a table to the range at hand."""


def write_ranges(connection: duckdb.DuckDBPyConnection, select: str, chain: Sequence[str], out: Path) -> None:
    """Write `out`, a Parquet file in the order of customer_id.

    Args:
        connection: knows `part`, one row per customer in the order of customer_id.
        select: one row per customer of the range.
        chain: statements that lay out what `select` reads, run for each range.
    """
    writer = None
    try:
        for first, last in _bounds(connection) or [("", "")]:  # a table without rows has columns all the same
            connection.execute("SET VARIABLE first = ?", [first])
            connection.execute("SET VARIABLE last = ?", [last])
            for statement in chain:
                connection.execute(statement)
            rows = connection.sql(f"{select} ORDER BY customer_id").to_arrow_reader(ROWS_PER_GROUP)
            writer = writer or pq.ParquetWriter(out, rows.schema)
            for group in rows:
                writer.write_batch(group)
    finally:
        if writer:
            writer.close()


def _bounds(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    numbered = "SELECT customer_id, file_row_number AS n FROM part"
    return connection.execute(
        f"SELECT min(customer_id), max(customer_id) FROM ({numbered}) GROUP BY n // {RANGE} ORDER BY 1"
    ).fetchall()
