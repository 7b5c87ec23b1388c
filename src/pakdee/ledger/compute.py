"""Features as of a day: a fixed chain of SQL files over a snapshot, from shapes to one row per customer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from pakdee.domain.errors import LedgerError
from pakdee.domain.feature import FeatureSpec, lacking
from pakdee.domain.feature_text import column
from pakdee.domain.settings import MEMORY
from pakdee.ledger.catalogue import APART, GROUPS, WEIGHTY, feature_specs, specs_of
from pakdee.ledger.gathering import gather, gather_by_range
from pakdee.ledger.ranges import EVERYBODY, SUMMED, Range, weighed_ranges, write_ranges
from pakdee.ledger.shapes import shaped
from pakdee.ledger.snapshot import Snapshot

ORDER_SUMS = "order_sums"

LISTED = frozenset({"order_sums.median_gap_days", "order_sums.gap_cv"})
"""Made from lists, which cannot be spilled; so they are gathered of one range of customers after another."""

SUMS = ("calendar", ORDER_SUMS, "channel_sums", "line_sums", "cycle_sums")
"""Files that gather facts, in order, as far as wanted features are made from them (`from` in the catalogue).
Then follow "shop" and those named like a group of the catalogue, which say the features."""


def ledger_features(
    snapshot: Snapshot,
    *,
    day: dt.date,
    zone: ZoneInfo,
    leap_birthday: str,
    out: Path,
    names: Collection[str] | None = None,
    memory_limit: str = MEMORY,
) -> Path:
    """Write `out`, a Parquet file of the features the snapshot has facts for; returns `out`.

    One row per customer: `customer_id` and the features of stage "ledger" whose needs the snapshot provides,
    as of `day`, that is from facts of earlier days. Others are absent. Money is DECIMAL(18,4), shares DOUBLE.

    Args:
        zone: the shop's; the snapshot's days must have been made in it.
        leap_birthday: "02-28" or "03-01", the day of 29 February in common years.
        names: only these features, and only the work that they need; None means all.
        memory_limit: of the database, "128 MB", which spills what is more; Python, Arrow and read buffers
            come on top, together some 400 MB.

    Raises:
        LedgerError: the snapshot's days are of another zone, or the facts cannot be read.
    """
    _check_zone(snapshot, zone)
    wanted = [spec for spec in available(snapshot.provides) if names is None or spec.name in names]
    apart = [group for group in APART if any(spec in wanted for spec in specs_of(group))]
    sources = frozenset(source for spec in wanted for source in spec.made_from)
    settings: dict[str, dt.date | str] = {"day": day, "zone": zone.key, "leap_birthday": leap_birthday}
    with _facts(snapshot, settings, out.parent, sources, apart, memory_limit) as connection:
        histories = snapshot.files(*(WEIGHTY[group] for group in apart if group in WEIGHTY))
        ranges = weighed_ranges(connection, "shop_customers", histories, memory_limit=memory_limit)
        write_ranges(connection, _selects(wanted, apart), ranges, out)
    return out


def _selects(wanted: Sequence[FeatureSpec], apart: Sequence[str]) -> list[str]:
    """One SELECT of the groups that build on each other, and one of each group that stands by itself."""
    of_group = {group: [spec for spec in specs_of(group) if spec in wanted] for group in (*GROUPS, *apart)}
    parts = {GROUPS[-1]: [spec for group in GROUPS for spec in of_group[group]]}
    parts |= {group: of_group[group] for group in apart}
    return [
        f"SELECT {', '.join(('customer_id', *map(column, specs)))} FROM {of}" for of, specs in parts.items()
    ]


def available(provides: frozenset[str]) -> list[FeatureSpec]:
    """The features of this stage that facts with these tables and columns allow, in catalogue order."""
    return [spec for spec in feature_specs() if not lacking(spec.needs, provides | {"customers"})]


def _check_zone(snapshot: Snapshot, zone: ZoneInfo) -> None:
    made_in = snapshot.manifest.get("zone", zone.key)
    if made_in != zone.key:
        raise LedgerError(
            f"its days were made in {made_in}, the shop's zone is {zone.key}",
            where=f"snapshot {snapshot.id}",
            next_step="import the shop's data again, or correct shop.zone in pakdee.toml",
        )


@contextmanager
def _facts(
    snapshot: Snapshot,
    settings: Mapping[str, dt.date | str],
    folder: Path,
    sources: frozenset[str],
    apart: Sequence[str],
    memory_limit: str,
) -> Iterator[duckdb.DuckDBPyConnection]:
    with shaped(snapshot, memory_limit=memory_limit, also=[folder], settings=settings) as connection:
        for name in (*SUMS, *(f"{group}_sums" for group in apart)):
            if name == ORDER_SUMS:
                ranges = _ranges_of_orders(connection, snapshot, sources, memory_limit)
                gather_by_range(connection, statement(name), sources, ranges)
            else:
                gather(connection, statement(name), sources)
        for name in ("shop", *GROUPS, *apart):
            connection.execute(statement(name))
        yield connection


def _ranges_of_orders(
    connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, sources: frozenset[str], memory_limit: str
) -> list[Range]:
    """Ranges to gather `order_sums` in; sums alone can be spilled, so they are gathered of all at once."""
    if not LISTED & sources:
        return [EVERYBODY]
    return weighed_ranges(
        connection,
        "shop_customers",
        snapshot.files("orders"),
        memory_limit=memory_limit,
        weight=SUMMED,
    )


@cache
def statement(name: str) -> str:
    """The text of `features/<name>.sql`."""
    return (files("pakdee.ledger") / "features" / f"{name}.sql").read_text("utf-8")
