"""A programme's features: facts and `program.yaml` in, one row per customer out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from pakdee.domain.feature import FeatureSpec
from pakdee.domain.feature_text import column
from pakdee.domain.net_orders import kept_orders
from pakdee.domain.program import EarnRule, Program, Tiers
from pakdee.programme.catalogue import feature_specs, specs_of
from pakdee.programme.connecting import columns_of, locked, set_variables, statement
from pakdee.programme.ranges import IN_RANGE, write_ranges

LADDER_READS = frozenset({"order_count", "order_count_365d", "days_since_last_purchase"})
"""Features of stage "ledger" that the ladder is made from."""

MOST_YEARS_BACK = 2
"""Whether a tier was climbed to last year or already held depends on the year before that."""

_TEN_THOUSANDTHS = 10_000  # of a currency unit: amounts as whole numbers, so that points are never off by one


def derive(
    snapshot_tables: Mapping[str, Path],
    ledger_features: Path,
    program: Program,
    *,
    day: dt.date,
    zone: ZoneInfo,  # noqa: ARG001 every stage is told; the days in the tables are already in it
    out: Path,
    names: Collection[str] | None = None,
) -> Path:
    """Write `out`, a Parquet file of the features `program` gives; returns `out`.

    One row per customer of `ledger_features`: `customer_id` and the features of stage "programme", as of
    `day`, that is from facts of earlier days. Without tiers or earn rules in the programme their features are
    absent; without orders all are.

    Args:
        snapshot_tables: canonical table to Parquet file; only `orders` and `refunds` are read.
        ledger_features: the Parquet file of stage "ledger", as of the same day.
        names: only these features, and no work where it gives none of them; None means all.

    Raises:
        LedgerError: the facts cannot be read.
    """
    tables = {name: path for name, path in snapshot_tables.items() if name in {"orders", "refunds"}}
    wanted = [spec for spec in specs_of(program) if names is None or spec.name in names]
    with locked({**tables, "part": ledger_features}, out) as connection:
        select, chain = f"SELECT customer_id FROM part WHERE {IN_RANGE}", []
        if wanted and "orders" in tables and "order_count" in columns_of(connection, "part"):
            _lay_out(connection, program, day, tables)
            select, chain = _features(program, wanted), _chain(program)
        write_ranges(connection, select, chain, out)
    return out


def derived_from(names: Collection[str]) -> frozenset[str]:
    """The features of stage "ledger" that `derive` reads to give those of `names` that it gives."""
    return LADDER_READS if any(spec.name in names for spec in feature_specs()) else frozenset()


def _lay_out(
    connection: duckdb.DuckDBPyConnection, program: Program, day: dt.date, tables: Mapping[str, Path]
) -> None:
    """Lay out all that the features need on `connection`."""
    set_variables(connection, **_variables(program, day))
    if "refunds" in tables:
        connection.execute("CREATE TEMP VIEW shop_refunds AS SELECT * FROM refunds")
    connection.execute(statement("orders"))
    connection.execute(kept_orders(has_refunds="refunds" in tables))
    if program.tiers:
        amounts = ", ".join(str(level.threshold) for level in program.tiers.levels)
        connection.execute(f"SET VARIABLE levels = [{amounts}]::DECIMAL(18, 4)[]")
        connection.execute(statement("rank"))


def _chain(program: Program) -> list[str]:
    """What is made anew for each range of customers, in order."""
    groups = ("standings", "crossings", "tiers") if program.tiers else ()
    return [statement("sums").format(points=_points(program.earn)), *map(statement, ("ladder", *groups))]


def _features(program: Program, wanted: Sequence[FeatureSpec]) -> str:
    groups = ["ladder", *(["tiers"] if program.tiers else [])]
    columns = ", ".join(("customer_id", *map(column, wanted)))
    return f"SELECT {columns} FROM {' JOIN '.join(groups)} {'USING (customer_id)' * (len(groups) - 1)}"


def _variables(program: Program, day: dt.date) -> dict[str, Any]:
    """What the queries read: the day, the programme's limits, and how far back they have to look."""
    ladder, tiers = program.ladder, program.tiers
    tiers_from = _tiers_from(tiers, day) if tiers else day
    return {
        "day": day,
        "week_ago": day - dt.timedelta(days=7),
        "active_days": ladder.active_days,
        "client_orders": ladder.client_orders,
        "lifetime": bool(tiers and tiers.window == "lifetime"),
        "tiers_from": tiers_from,
        "orders_from": min(tiers_from, day - dt.timedelta(days=max(365, 2 * ladder.active_days))),
        "tier_ids": [level.id for level in tiers.levels] if tiers else [],
    }


def _tiers_from(tiers: Tiers, day: dt.date) -> dt.date:
    return dt.date.min if tiers.window == "lifetime" else dt.date(day.year - MOST_YEARS_BACK, 1, 1)


def _points(earn: Sequence[EarnRule]) -> str:
    """The SQL of the points one order earns: all rules add up, each rounded down by itself."""
    kept = f"(kept * {_TEN_THOUSANDTHS})::BIGINT"
    rules = [
        f"{kept} // {int(rule.per.amount * _TEN_THOUSANDTHS)} * {rule.give}" for rule in earn if rule.per
    ]
    return " + ".join(rules) or "0"
