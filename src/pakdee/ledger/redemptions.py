"""What offers ask of the shop's facts: which codes were used, and how customers are reached but by mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from pakdee.domain.message import Redemption
from pakdee.ledger.shapes import shaped
from pakdee.ledger.snapshot import Snapshot

MEMORY_LIMIT = "1GB"


def tells_redemptions(snapshot: Snapshot) -> bool:
    """Whether the shop tells at all which codes were used."""
    return bool({"orders.offer_id", "grants_issued.redeemed_at"} & snapshot.provides)


def redemptions(
    snapshot: Snapshot, codes: Mapping[str, dt.date | None], *, day: dt.date, zone: ZoneInfo
) -> list[Redemption]:
    """First uses of codes on days before `day`, in the shop's `zone`.

    Args:
        codes: each with the first day on which it can be used, before which no use counts; None without one.

    Raises:
        LedgerError: the facts cannot be read.
    """
    names, firsts = pa.array(codes.keys(), pa.string()), pa.array(codes.values(), pa.date32())
    table = pa.table({"code": names, "starts_on": firsts})
    return [
        Redemption(*row) for row in _found(snapshot, "redemptions", table, {"day": day, "zone": zone.key})
    ]


def contacts(snapshot: Snapshot, customers: Sequence[str]) -> dict[str, tuple[str | None, str | None]]:
    """Phone and preferred channel of customers, by id, as far as the shop knows them. Raises LedgerError."""
    table = pa.table({"customer_id": pa.array(customers, pa.string())})
    return {row[0]: (row[1], row[2]) for row in _found(snapshot, "contacts", table, {})}


def _found(snapshot: Snapshot, name: str, asked: pa.Table, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of the query `name`, which reads `asked`."""
    text = (files("pakdee.ledger") / f"{name}.sql").read_text("utf-8")
    with shaped(snapshot, memory_limit=MEMORY_LIMIT) as connection:
        connection.register("asked", asked)
        return connection.execute(text, values).fetchall()
