"""A programme is applied to one range of customers after the other, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

RANGE = 256_000
"""Customers; all orders are read once for each range, so smaller ones take longer."""

ROWS_PER_GROUP = 51_200

IN_RANGE = "customer_id BETWEEN getvariable('first') AND getvariable('last')"
"""Narrows a table to the range at hand."""


def write_ranges(
    connection: duckdb.DuckDBPyConnection,
    selects: Mapping[Path, str],
    lay: Callable[[], None] | None = None,
    customers: Collection[str] | None = None,
) -> None:
    """Write Parquet files, each in the order of customer_id.

    Args:
        connection: knows `part`, one row per customer in the order of customer_id.
        selects: what to write into each file, of the customers of the range.
        lay: lays out what they read, for each range anew.
        customers: only these, for a few; None means all.
    """
    bounds = _bounds(connection) if customers is None else [(name, name) for name in sorted(customers)]
    writers: dict[Path, pq.ParquetWriter] = {}
    with ExitStack() as open_files:
        for first, last in bounds or [("", "")]:  # a table without rows has columns all the same
            connection.execute("SET VARIABLE first = ?", [first])
            connection.execute("SET VARIABLE last = ?", [last])
            if lay:
                lay()
            for out, select in selects.items():
                rows = connection.sql(f"{select} ORDER BY customer_id").to_arrow_reader(ROWS_PER_GROUP)
                if out not in writers:
                    writers[out] = open_files.enter_context(pq.ParquetWriter(out, rows.schema))
                for group in rows:
                    writers[out].write_batch(group)


def _bounds(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    numbered = "SELECT customer_id, file_row_number AS n FROM part"
    return connection.execute(
        f"SELECT min(customer_id), max(customer_id) FROM ({numbered}) GROUP BY n // {RANGE} ORDER BY 1"
    ).fetchall()
