"""Which kinds of activities the facts hold."""

from __future__ import annotations

import pyarrow.compute as pc
import pyarrow.parquet as pq

from pakdee.ledger.snapshot import Snapshot

_TABLE, _COLUMN = "activities", "type"


def activity_types(snapshot: Snapshot) -> frozenset[str]:
    """Every type of activity of which there is at least one; empty where the shop has no such table."""
    path = snapshot.tables.get(_TABLE)
    if path is None:
        return frozenset()
    column = pq.read_table(path, columns=[_COLUMN], read_dictionary=[_COLUMN]).column(_COLUMN)
    return frozenset(name for name in pc.unique(column).to_pylist() if name)
