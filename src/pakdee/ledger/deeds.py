"""What customers did day by day, for what has to be known of earlier days, too."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from pakdee.domain.errors import LedgerError
from pakdee.domain.settings import MEMORY
from pakdee.ledger.compute import statement
from pakdee.ledger.gathering import gather
from pakdee.ledger.ranges import write_ranges
from pakdee.ledger.shapes import lay_shapes
from pakdee.ledger.snapshot import Snapshot, connect


def deeds(
    snapshot: Snapshot,
    *,
    day: dt.date,
    since: dt.date,
    zone: ZoneInfo,
    out: Path,
    memory_limit: str = MEMORY,
) -> Path:
    """Write `out`, a Parquet file of what the loyalty ladder goes by; returns `out`.

    One row per customer and day from `since` to before `day`, in the order of customer_id: `on_day`,
    `orders`, those of them at `full_price`, `nps`, `ratings` with their sum `stars` and the `good` ones,
    `social` points, friends `won`, and `plan_until`, the last day of a plan that began.

    Raises:
        LedgerError: the facts cannot be read.
    """
    try:
        with connect(snapshot, memory_limit=memory_limit, also=[out.parent]) as connection:
            for name, value in (("day", day), ("since", since), ("zone", zone.key)):
                connection.execute(f"SET VARIABLE {name} = ?", [value])
            lay_shapes(connection, snapshot)
            for name in ("calendar", "word_of_mouth_sums"):
                gather(connection, statement(name), frozenset())
            connection.execute(statement("deeds"))
            write_ranges(connection, ["FROM deeds"], "shop_customers", out)
    except duckdb.Error as error:
        raise LedgerError(
            f"the facts cannot be read: {error}",
            where=f"snapshot {snapshot.id}",
            next_step="import the shop's data again",
        ) from error
    return out
