"""Which of our codes the shop's facts show as used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from importlib.resources import files
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from pakdee.domain.errors import LedgerError
from pakdee.domain.message import Redemption
from pakdee.ledger.shapes import lay_shapes
from pakdee.ledger.snapshot import Snapshot, connect


def tells_redemptions(snapshot: Snapshot) -> bool:
    """Whether the shop tells at all which codes were used."""
    return bool({"orders.offer_id", "grants_issued.redeemed_at"} & snapshot.provides)


def redemptions(
    snapshot: Snapshot, codes: Sequence[str], *, day: dt.date, zone: ZoneInfo
) -> list[Redemption]:
    """First uses of `codes` on days before `day`, in the shop's `zone`. Raises LedgerError."""
    text = (files("pakdee.ledger") / "redemptions.sql").read_text("utf-8")
    try:
        with connect(snapshot) as connection:
            lay_shapes(connection, snapshot)
            connection.register("codes", pa.table({"code": pa.array(codes, pa.string())}))
            found = connection.execute(text, {"day": day, "zone": zone.key}).fetchall()
    except duckdb.Error as error:
        raise LedgerError(
            f"nobody can tell which codes were used: {error}",
            where=f"snapshot {snapshot.id}",
            next_step="run the same command again; if it fails again, import the shop's data again",
        ) from error
    return [Redemption(*row) for row in found]
