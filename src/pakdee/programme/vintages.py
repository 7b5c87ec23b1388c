"""Units by the month they were issued in, from the entries of all accounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from pakdee.domain.program import Program
from pakdee.domain.program.earning import ORDER
from pakdee.domain.settings import MEMORY
from pakdee.programme.connecting import locked, set_variables, statement
from pakdee.programme.facts import TABLES, lay_facts
from pakdee.programme.ranges import write_ranges


@dataclass(frozen=True)
class Vintages:
    """What became of a programme's units.

    Args:
        months: month (its first day), issued, redeemed, expired and sales, each a Decimal; in order.
        members, redeeming: customers who ever had units, and those who ever redeemed or gave away some.
    """

    months: tuple[Mapping[str, Any], ...]
    members: int
    redeeming: int


def vintages(entries: Path, orders: Path, program: Program) -> Vintages:
    """Every month with units.

    Args:
        entries: as `account` writes them: lots with what was earned, taken back and ran out of each, and what
            was used, without a lot.
        orders: the snapshot's table; its net amounts are what units of order rules were sold with.

    Raises:
        LedgerError: the entries cannot be read.
    """
    with locked({"part": entries, "orders": orders}, entries) as connection:
        set_variables(connection, order_rules=[rule.name for rule in program.earn if rule.when == ORDER])
        connection.execute(statement("vintage_lots"))
        return _told(connection)


def kept_vintages(
    snapshot_tables: Mapping[str, Path],
    features: Path,
    program: Program,
    *,
    day: dt.date,
    zone: ZoneInfo,
    folder: Path,
    memory_limit: str = MEMORY,
) -> Vintages:
    """Every month with units, by the shop's own `point_entries` of days before `day`.

    Units are used in the order in which they run out, as `points_balance` has it; entries with an `order_id`
    were sold with that order.

    Args:
        features: a Parquet file with all customers, in the order of customer_id.
        folder: where lots are written on the way; they name customers.
        memory_limit: of the database, "128 MB".

    Raises:
        LedgerError: the entries cannot be read.
    """
    lots, tables = folder / "lots.parquet", {n: p for n, p in snapshot_tables.items() if n in TABLES}
    with locked({**tables, "part": features}, lots, memory_limit) as connection:
        set_variables(connection, day=day, zone=zone.key, leap_birthday="02-28")
        lay_facts(connection, program, {})
        connection.execute(statement("kept_queue") + statement("kept_lots"))
        write_ranges(connection, {lots: ["FROM fates"]}, memory_limit=memory_limit)
    own = {name: tables[name] for name in ("orders", "point_entries")}
    with locked({**own, "part": lots}, lots, memory_limit) as connection:
        set_variables(connection, day=day)
        connection.execute(statement("kept_fates"))
        return _told(connection)


def _told(connection: duckdb.DuckDBPyConnection) -> Vintages:
    """By month; `fates` and `redeemers` must be there."""
    connection.execute(statement("vintages"))
    months = connection.sql("FROM vintages").to_arrow_table().to_pylist()
    [(members, redeeming)] = connection.execute("FROM members").fetchall()
    return Vintages(tuple(months), members, redeeming)
