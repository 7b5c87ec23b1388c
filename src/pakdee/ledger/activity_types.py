"""Which names the facts hold: kinds of activities, tiers, paid plans, values of columns."""

from __future__ import annotations

import pyarrow.compute as pc
import pyarrow.parquet as pq

from pakdee.ledger.snapshot import Snapshot


def activity_types(snapshot: Snapshot) -> frozenset[str]:
    """Every type of activity of which there is at least one; empty where the shop has no such table."""
    return _names(snapshot, "activities", "type")


def tiers_and_plans(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """Tiers that `tier_changes` names and plans that `memberships` names, by these tables."""
    return {
        "tier_changes": _names(snapshot, "tier_changes", "to_tier"),
        "memberships": _names(snapshot, "memberships", "plan_id"),
    }


def texts_of(snapshot: Snapshot, column: str) -> frozenset[str]:
    """Every text in a column such as "orders.channel"; empty where nothing stands in it."""
    table, _, name = column.partition(".")
    return _names(snapshot, table, name) if column in snapshot.provides else frozenset()


def _names(snapshot: Snapshot, table: str, column: str) -> frozenset[str]:
    path = snapshot.tables.get(table)
    if path is None:
        return frozenset()
    file = pq.ParquetFile(path, read_dictionary=[column])
    parts = (part.column(0) for part in file.iter_batches(columns=[column]))
    return frozenset(name for part in parts for name in pc.unique(part).to_pylist() if name)
