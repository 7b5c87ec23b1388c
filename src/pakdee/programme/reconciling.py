"""What the shop keeps itself, points and tiers, against what the programme's rules make of its facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pakdee.domain.program import Program
from pakdee.programme.accounts import Accounts
from pakdee.programme.connecting import columns_of, locked, set_variables, statement
from pakdee.programme.facts import shop_keeps_points

DERIVED_ELSE = frozenset({"tier_changes"})
"""Tables that `account` must not be given, or it takes tiers from them instead of working them out."""


@dataclass(frozen=True)
class Compared:
    """One customer; what the shop does not keep is None on both sides.

    Args:
        difference: units that the shop keeps beyond the rules', negative where it keeps fewer.
        overdrawn: units that were used beyond what there was by the rules.
    """

    customer_id: str
    kept: int | None
    derived: int | None
    difference: int | None
    tier_kept: str | None
    tier_derived: str | None
    overdrawn: int


@dataclass(frozen=True)
class Reconciliation:
    """The two sides of all customers.

    Args:
        kept, derived: sums of balances; None where the shop keeps no points, or no rule earns any.
        balances_differing, tiers_differing: customers of whom the two sides say otherwise.
        keeps_tiers: whether the shop keeps tiers, and the programme has some.
        overdrawn_customers, overdrawn: who used more units than there were by the rules, and how many more.
        rows: those customers, the largest differences first, as many as were asked for.
    """

    customers: int
    kept: int | None
    derived: int | None
    balances_differing: int
    keeps_tiers: bool
    tiers_differing: int
    overdrawn_customers: int
    overdrawn: int
    rows: tuple[Compared, ...]


def reconcile(
    snapshot_tables: Mapping[str, Path],
    features: Path,
    accounts: Accounts,
    program: Program,
    *,
    day: dt.date,
    limit: int,
) -> Reconciliation:
    """Compare balances and tiers in the morning of `day`.

    Args:
        features: `points_balance` and `tier` of all customers as they are told, that is by the shop's own
            `point_entries` and `tier_changes` where it keeps these.
        accounts: of the same day, made from tables without those of `DERIVED_ELSE`.
        limit: customers in the result, at most.

    Raises:
        LedgerError: the facts cannot be read.
    """
    kept = {
        name: snapshot_tables[name] for name in ("point_entries", "tier_changes") if name in snapshot_tables
    }
    views = {**kept, "entries": accounts.entries, "tiers": accounts.tiers, "part": features}
    with locked(views, accounts.entries.with_name("reconciled")) as connection:
        columns = columns_of(connection, "part")
        points = bool(program.earn) and "points_balance" in columns and shop_keeps_points(connection)
        tiers = program.tiers is not None and "tier" in columns and _keeps_tiers(connection, kept)
        lowest = program.tiers.levels[0].id if program.tiers else None
        set_variables(connection, day=day, lowest=lowest)
        connection.execute(
            statement("reconciled").format(
                kept="points_balance" if points else "NULL::BIGINT",
                tier_kept="tier" if tiers else "NULL::VARCHAR",
            )
        )
        [totals] = connection.sql("FROM reconciled").to_arrow_table().to_pylist()
        rows = connection.sql("FROM differing").limit(limit).fetchall()
    return Reconciliation(**totals, keeps_tiers=tiers, rows=tuple(Compared(*row) for row in rows))


def _keeps_tiers(connection: duckdb.DuckDBPyConnection, kept: Mapping[str, Path]) -> bool:
    return "tier_changes" in kept and bool(
        connection.execute("SELECT 1 FROM tier_changes LIMIT 1").fetchall()
    )
