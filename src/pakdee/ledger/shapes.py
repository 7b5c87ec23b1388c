"""The tables every query can count on, whatever the shop exports."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import duckdb

from pakdee.domain.errors import LedgerError, MemoryTooSmall
from pakdee.domain.net_orders import kept_orders
from pakdee.ledger.snapshot import Snapshot, connect

_SHAPED = re.compile(r"VIEW shape_(\w+)")


def lay_shapes(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Views `shop_<table>` with every column that queries read, null where the snapshot lacks it.

    With them the macros of `domain.net_orders`, which say what a net order is, and `genuine.sql`.
    """
    shapes, genuine = (
        (files("pakdee.ledger") / name).read_text("utf-8") for name in ("shapes.sql", "genuine.sql")
    )
    connection.execute(shapes)
    for table in _SHAPED.findall(shapes):
        rows = f"UNION ALL BY NAME SELECT * FROM {table}" if table in snapshot.tables else ""
        connection.execute(f"CREATE TEMP VIEW shop_{table} AS SELECT * FROM shape_{table} {rows}")
    connection.execute(kept_orders(has_refunds="refunds" in snapshot.tables))
    connection.execute(genuine)


@contextmanager
def shaped(
    snapshot: Snapshot,
    *,
    memory_limit: str,
    also: Sequence[Path] = (),
    settings: Mapping[str, dt.date | str | bool] | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that sees the facts in these shapes, see `connect`.

    Args:
        settings: what queries read by getvariable, by name.

    Raises:
        LedgerError: the facts cannot be read.
    """
    try:
        with connect(snapshot, memory_limit=memory_limit, also=also) as connection:
            for name, value in (settings or {}).items():
                connection.execute(f"SET VARIABLE {name} = ?", [value])
            lay_shapes(connection, snapshot)
            yield connection
    except duckdb.OutOfMemoryException as error:
        raise MemoryTooSmall(f"snapshot {snapshot.id}", memory_limit) from error
    except duckdb.Error as error:
        raise LedgerError(
            f"the facts cannot be read: {error}",
            where=f"snapshot {snapshot.id}",
            next_step="import the shop's data again",
        ) from error
