"""The way in for the shop's facts: read, judged, merged, guarded, kept. One import makes one snapshot."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pakdee.domain.errors import ImportRefused
from pakdee.domain.source import Source
from pakdee.ledger import adapters
from pakdee.ledger.intake.check import keep_clean, refuse_nothing
from pakdee.ledger.intake.convert import collect_faults, convert
from pakdee.ledger.intake.files import Paper, find_papers, read_paper
from pakdee.ledger.intake.guards import refuse_loss
from pakdee.ledger.intake.mapping import check_source, map_by_name, map_by_source
from pakdee.ledger.intake.merge import keep_past, merge
from pakdee.ledger.intake.report import SHOWN, ImportReport, Progress, Reject
from pakdee.ledger.intake.staging import Bench, open_bench, query
from pakdee.ledger.intake.store import Written, commit, content_hash, new_id, tidy, write_tables
from pakdee.ledger.snapshot import Snapshot, read_snapshot, snapshots
from pakdee.ledger.tables import MINIMAL, tables

__all__ = ["ImportReport", "Reject", "import_"]


@dataclass(frozen=True)
class Wish:
    """What an import was asked to do."""

    path: Path
    location: Path
    adapter: str | None
    source: Source | None
    append: bool
    accept_loss: bool
    assume_consent: bool
    shrink: float
    keep: int


def import_(
    path: Path,
    *,
    location: Path,
    zone: ZoneInfo,
    currency: str,
    now: dt.datetime,
    adapter: str | None = None,
    source: Source | None = None,
    append: bool = False,
    accept_loss: bool = False,
    assume_consent: bool = False,
    shrink: float = 0.05,
    keep: int = 7,
    progress: Progress | None = None,
) -> ImportReport:
    """Make a new snapshot at `location` of the file or directory at `path`.

    Args:
        zone: the shop's; times without an offset are meant in it, and days are its days.
        now: the present instant, timezone-aware; what lies more than a day ahead is set aside.
        adapter: "online-retail", "cdnow" or "starbucks" for those public sets.
        source: how the shop's own files map to canonical tables; without it files are <table>.csv or .parquet.
        append: upsert by key onto the last snapshot, instead of the full picture.
        accept_loss: allow fewer rows and an older newest order than the last snapshot has.
        assume_consent: customers without a word on marketing count as having agreed; the report says so.
        shrink: share of a table's rows that may be fewer than before.
        keep: complete snapshots that stay.
        progress: told a sentence at each step.

    Raises:
        ImportRefused: a file is missing, empty, not readable or lacks a column, or facts would be lost.
            The last snapshot stays in force.
    """
    wish = Wish(path, location, adapter, source, append, accept_loss, assume_consent, shrink, keep)
    location.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".incoming-", dir=location))
    bench = open_bench(folder, zone=zone, currency=currency, now=now, progress=progress)
    try:
        return _import(bench, wish)
    finally:
        bench.connection.close()
        shutil.rmtree(folder, ignore_errors=True)


def _import(bench: Bench, wish: Wish) -> ImportReport:
    last = _last(wish.location)
    base = last if wish.append else None
    digests = _adapt(bench, wish) if wish.adapter else _read(bench, wish, base)
    names = _judge(bench, wish, base)
    written = write_tables(bench, names)
    newest = _newest(bench, names)
    if last and not wish.accept_loss:
        rows = {name: table.rows for name, table in written.items()}
        refuse_loss(last, rows, newest, shrink=wish.shrink, where=str(wish.path))
    return _keep(bench, wish, last, written, digests, newest)


def _last(location: Path) -> Snapshot | None:
    newest = max(snapshots(location), default=None)
    return read_snapshot(newest) if newest else None


def _adapt(bench: Bench, wish: Wish) -> dict[str, str]:
    digests = adapters.adapt(bench, str(wish.adapter), wish.path)
    for name in tables():
        if bench.has(f"typed_{name}"):
            collect_faults(bench, name)
    return digests


def _read(bench: Bench, wish: Wish, base: Snapshot | None) -> dict[str, str]:
    """Lay all files as raw text. Returns sha256 by file name."""
    if wish.source:
        check_source(wish.source)
    papers = find_papers(wish.path, wish.source, bench.notes)
    missing = [name for name in MINIMAL if name not in papers]
    if missing and not base:
        raise ImportRefused(
            f"there is no file of {' and '.join(missing)}",
            where=str(wish.path),
            next_step="put it there; to add to what is known use --append",
        )
    digests = {}
    for name in tables():
        if name in papers:
            digests[papers[name].path.name] = _read_one(bench, wish, name, papers[name], base)
    return digests


def _read_one(bench: Bench, wish: Wish, name: str, paper: Paper, base: Snapshot | None) -> str:
    digest = read_paper(bench, name, paper)
    headings = bench.columns(f"raw_{name}")
    bench.progress(f"{name}: {bench.one(f'SELECT count(*) FROM raw_{name}'):,} rows read")
    if wish.source:
        mapped = map_by_source(name, paper, headings, wish.source, bench.notes)
    else:
        mapped = map_by_name(name, paper, headings, bench.notes)
    convert(bench, mapped)
    return digest


def _judge(bench: Bench, wish: Wish, base: Snapshot | None) -> list[str]:
    """Make `merged_<table>` of every table of the new snapshot, parents first; their names."""
    names = []
    for name, table in tables().items():
        if bench.has(f"typed_{name}"):
            keep_clean(bench, table, assume_consent=wish.assume_consent)
            if not base:
                refuse_nothing(bench, table, str(wish.path))
            merge(bench, table, base)
        elif base and name in base.tables:
            keep_past(bench, name, base)
        else:
            continue
        names.append(name)
    return names


def _newest(bench: Bench, names: list[str]) -> dt.datetime | None:
    if "orders" not in names:
        return None
    newest: dt.datetime | None = bench.one("SELECT max(ordered_at) FROM merged_orders")
    return newest


def _keep(
    bench: Bench,
    wish: Wish,
    last: Snapshot | None,
    written: dict[str, Written],
    digests: dict[str, str],
    newest: dt.datetime | None,
) -> ImportReport:
    _note_consent(bench, wish, written)
    rejects, counts = _rejects(bench)
    content = content_hash(written, zone=bench.zone.key, currency=bench.currency)
    if last and last.manifest["content"] == content:
        bench.notes.append(f"nothing is new: the facts are those of snapshot {last.id}, which stays")
        return _report(last, rejects, counts, bench.notes)
    if _last_id(wish.location) != (last.id if last else None):
        what = "another import finished while this one ran"
        raise ImportRefused(what, where=str(wish.path), next_step="import again")
    manifest = _manifest(bench, wish, last, written) | {
        "id": new_id(bench.now, content, last),
        "content": content,
        "files": digests,
        "facts_until": newest.isoformat() if newest else None,
        "rejects": [{"table": t, "reason": r, "rows": n} for (t, r), n in counts.items()],
    }
    snapshot = commit(bench, wish.location, manifest)
    tidy(wish.location, keep=wish.keep, newest=snapshot.path)
    return _report(snapshot, rejects, counts, bench.notes)


def _last_id(location: Path) -> str | None:
    newest = max(snapshots(location), default=None)
    return newest.name if newest else None


def _manifest(bench: Bench, wish: Wish, last: Snapshot | None, written: dict[str, Written]) -> dict[str, Any]:
    described = {
        name: {"rows": table.rows, "sha256": table.sha256, "columns": list(table.columns)}
        for name, table in written.items()
    }
    provides = [name for name, table in written.items() if table.rows]
    provides += [f"{name}.{column}" for name, table in written.items() for column in table.filled]
    return {
        "made_at": bench.now.astimezone(dt.UTC).isoformat(),
        "source": wish.source.name if wish.source else wish.adapter or "canonical",
        "append_to": last.id if wish.append and last else None,
        "zone": bench.zone.key,
        "currency": bench.currency,
        "tables": described,
        "provides": sorted(provides),
        "notes": bench.notes,
    }


def _note_consent(bench: Bench, wish: Wish, written: dict[str, Written]) -> None:
    customers = written.get("customers")
    if wish.assume_consent and bench.has("clean_customers"):
        assumed = bench.one(query("assumed"))
        bench.notes.append(
            f"CONSENT WAS ASSUMED for {assumed:,} customers who never said yes or no (--assume-consent)"
        )
    elif customers and not customers.columns.get("marketing_consent"):
        bench.notes.append("there is no marketing_consent, so nobody can be sent marketing mail")


def _rejects(bench: Bench) -> tuple[tuple[Reject, ...], dict[tuple[str, str], int]]:
    counts = {(table, reason): rows for table, reason, rows in bench.run(query("count_rejects"))}
    listed = tuple(Reject(*row) for row in bench.run(query("list_rejects"), [SHOWN]))
    return listed, counts


def _report(
    snapshot: Snapshot, rejects: tuple[Reject, ...], counts: dict[tuple[str, str], int], notes: list[str]
) -> ImportReport:
    rows = {name: table["rows"] for name, table in snapshot.manifest["tables"].items() if name != "persons"}
    return ImportReport(snapshot, rows, rejects, counts, tuple(notes))
