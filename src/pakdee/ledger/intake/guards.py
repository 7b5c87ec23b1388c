"""What an import may not do unless told so: lose rows, lose a table, or go back in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from pakdee.domain.errors import ImportRefused
from pakdee.ledger.snapshot import Snapshot

_NEXT = "import the full picture, use --append for new rows only, or --accept-loss if the loss is meant"


def refuse_loss(
    last: Snapshot, rows: Mapping[str, int], newest: dt.datetime | None, *, shrink: float, where: str
) -> None:
    """Nothing, if the new `rows` per table keep what the `last` snapshot knew.

    Args:
        shrink: share of a table's rows that may be fewer.
        newest: the newest order that comes in.

    Raises:
        ImportRefused: more rows than that are gone from a table, or the newest order is older than before.
    """
    for table, before in _rows_before(last).items():
        now = rows.get(table, 0)
        if now < before * (1 - shrink):
            lost = f"{before:,} rows before, {now:,} now ({1 - now / before:.0%} fewer)"
            raise ImportRefused(
                f"{table} would shrink: {lost}; the last snapshot {last.id} stays in force",
                where=where,
                next_step=_NEXT,
            )
    if last.facts_until and (newest is None or newest < last.facts_until):
        raise ImportRefused(
            f"the newest order is of {_said(newest)}, before it was of {_said(last.facts_until)}; "
            f"the last snapshot {last.id} stays in force",
            where=where,
            next_step=_NEXT,
        )


def _rows_before(last: Snapshot) -> dict[str, int]:
    return {name: table["rows"] for name, table in last.manifest["tables"].items() if name != "persons"}


def _said(instant: dt.datetime | None) -> str:
    return instant.strftime("%Y-%m-%d %H:%M UTC") if instant else "no day at all"


def refuse_mixture(last: Snapshot, *, zone: str, currency: str, where: str) -> None:
    """Nothing, if rows may be added to `last`. Raises ImportRefused if its zone or currency is another."""
    before, now = (last.manifest["zone"], last.manifest["currency"]), (zone, currency)
    if before != now:
        raise ImportRefused(
            f"the last snapshot is in {' and '.join(before)}, pakdee.toml says {' and '.join(now)}",
            where=where,
            next_step="import the full picture without --append",
        )
