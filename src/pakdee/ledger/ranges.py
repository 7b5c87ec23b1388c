"""One row per customer, written range by range: however many there are, one range is in memory at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pakdee.domain.settings import bytes_of
from pakdee.ledger.intake.staging import literal

Range = tuple[str, str]
"""The first and the last customer."""

NOBODY: Range = ("", "")
"""A range without customers."""

EVERYBODY: Range = ("", "\U0010ffff")
"""The range of all customers: from before the first text to after the last one."""

ROWS_PER_GROUP = 51_200
"""Rows of a Parquet row group, so that reading one shard touches one or two of them."""

IN_RANGE = "customer_id BETWEEN getvariable('first') AND getvariable('last')"
"""Narrows a table to the range that is being written."""

_SEEN = (
    "SELECT customer_id FROM read_parquet({file}, file_row_number = true)"
    " WHERE file_row_number % 64 = 0 AND customer_id IS NOT NULL"
)
_SEEN_NOTHING = "SELECT customer_id FROM {everyone} WHERE false"


@dataclass(frozen=True)
class Weight:
    """What a range takes in memory.

    Args:
        of_row: bytes for each row of customers' histories.
        of_customer: bytes for each customer beside them.
    """

    of_row: int
    of_customer: int


TOLD = Weight(of_row=256, of_customer=2560)
"""Of features that are told: whole histories are sorted, all features lie side by side."""

SUMMED = Weight(of_row=64, of_customer=2048)
"""Of sums that are gathered: of each row of a history little more than its day is kept."""


def even_ranges(connection: duckdb.DuckDBPyConnection, everyone: str) -> list[Range]:
    """Ranges of as many customers as a row group has, in order, of the table `everyone`."""
    numbered = f"SELECT customer_id, row_number() OVER (ORDER BY customer_id) - 1 AS n FROM {everyone}"
    asked = f"SELECT min(customer_id), max(customer_id) FROM ({numbered}) GROUP BY n // {ROWS_PER_GROUP}"
    return _or_nobody(connection.execute(f"{asked} ORDER BY 1").fetchall())


def weighed_ranges(
    connection: duckdb.DuckDBPyConnection,
    everyone: str,
    histories: Sequence[Path],
    *,
    memory_limit: str,
    weight: Weight = TOLD,
) -> list[Range]:
    """Ranges that take about as much memory each, in order.

    Args:
        everyone: a table or view with all ids.
        histories: Parquet files of what customers did, with `customer_id`, which are read range by range.
        memory_limit: of the database; the more, the larger are ranges.
    """
    seen = " UNION ALL ".join(_SEEN.format(file=literal(str(path.resolve()))) for path in histories)
    text = (files("pakdee.ledger") / "ranges.sql").read_text("utf-8")
    asked = text.format(
        everyone=everyone,
        histories=seen or _SEEN_NOTHING.format(everyone=everyone),
        rows=max(1, bytes_of(memory_limit) // weight.of_row),
        rows_of_customer=weight.of_customer // weight.of_row,
    )
    return _or_nobody(connection.execute(asked).fetchall())


def _or_nobody(found: list[Range]) -> list[Range]:
    """A table without rows has columns all the same, so a range of nobody is worked on."""
    return found or [NOBODY]


def enter(connection: duckdb.DuckDBPyConnection, bounds: Range) -> None:
    """Tell queries the range at hand."""
    for name, customer in zip(("first", "last"), bounds, strict=True):
        connection.execute(f"SET VARIABLE {name} = ?", [customer])


def write_ranges(
    connection: duckdb.DuckDBPyConnection, selects: Sequence[str], ranges: Sequence[Range], out: Path
) -> None:
    """Write `out`, a Parquet file in the order of customer_id.

    Args:
        selects: each gives `customer_id` and some columns, one row per customer of the range, see IN_RANGE.
            They are laid side by side: a join of them all would hold all that each of them joins at once.
    """
    writer = None
    try:
        for bounds in ranges:
            enter(connection, bounds)
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
