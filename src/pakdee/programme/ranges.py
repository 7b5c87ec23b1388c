"""A programme is applied to one range of customers after the other, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pakdee.domain.settings import bytes_of
from pakdee.programme.connecting import statement

BYTES_OF_ROW = 256
"""So much memory is there for each row of a range: what is laid out for it holds some rows several times."""

HISTORIES = frozenset({"orders", "activities", "point_entries", "deeds"})
"""Tables of what customers did, whose rows make a range large."""

_SEEN = "SELECT customer_id FROM {table} WHERE file_row_number % 64 = 0 AND customer_id IS NOT NULL"
_SEEN_NOTHING = "SELECT customer_id FROM part WHERE false"

ROWS_PER_GROUP = 51_200

IN_RANGE = "customer_id BETWEEN getvariable('first') AND getvariable('last')"
"""Narrows a table to the range at hand."""


def write_ranges(
    connection: duckdb.DuckDBPyConnection,
    selects: Mapping[Path, Sequence[str]],
    lay: Callable[[], None] | None = None,
    customers: Collection[str] | None = None,
    *,
    memory_limit: str,
    times: int = 1,
) -> None:
    """Write Parquet files, each in the order of customer_id.

    Args:
        connection: knows `part`, one row per customer in the order of customer_id.
        selects: what to write into each file, of the customers of the range; several have one row per
            customer each and are laid side by side.
        lay: lays out what they read, for each range anew.
        customers: only these, for a few; None means all.
        memory_limit: of the database; the more, the more rows at once.
        times: how many times as much of it as usual each row takes.
    """
    bounds = (
        _bounds(connection, bytes_of(memory_limit) // (BYTES_OF_ROW * times))
        if customers is None
        else [(name, name) for name in sorted(customers)]
    )
    writers: dict[Path, pq.ParquetWriter] = {}
    with ExitStack() as open_files:
        for first, last in bounds or [("", "")]:  # a table without rows has columns all the same
            connection.execute("SET VARIABLE first = ?", [first])
            connection.execute("SET VARIABLE last = ?", [last])
            if lay:
                lay()
            for out, parts in selects.items():
                rows = _side_by_side(connection, parts)
                if out not in writers:
                    writers[out] = open_files.enter_context(pq.ParquetWriter(out, rows.schema))
                for group in rows:
                    writers[out].write_batch(group)


def _side_by_side(connection: duckdb.DuckDBPyConnection, parts: Sequence[str]) -> pa.RecordBatchReader:
    """One part as it comes; several whole, since a join of them would hold all that each joins at once."""
    asked = [connection.sql(f"{part} ORDER BY customer_id") for part in parts[1:]]
    first = connection.sql(f"{parts[0]} ORDER BY customer_id")
    if not asked:
        return first.to_arrow_reader(ROWS_PER_GROUP)
    whole = first.to_arrow_table()
    for other in asked:
        table = other.to_arrow_table()
        for name in table.column_names[1:]:
            whole = whole.append_column(name, table[name])
    return pa.RecordBatchReader.from_batches(whole.schema, whole.combine_chunks().to_batches(ROWS_PER_GROUP))


def _bounds(connection: duckdb.DuckDBPyConnection, rows: int) -> list[tuple[str, str]]:
    there = {name for (name,) in connection.execute("SELECT view_name FROM duckdb_views()").fetchall()}
    histories = " UNION ALL ".join(_SEEN.format(table=table) for table in sorted(HISTORIES & there))
    asked = statement("ranges").format(rows=max(1, rows), histories=histories or _SEEN_NOTHING)
    return connection.execute(asked).fetchall()
