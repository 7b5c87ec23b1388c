"""The tables every query can count on, whatever the shop exports."""

from __future__ import annotations

import re
from importlib.resources import files

import duckdb

from pakdee.domain.net_orders import kept_orders
from pakdee.ledger.snapshot import Snapshot

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
