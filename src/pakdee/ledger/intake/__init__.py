"""The way in for the shop's facts: read, judged, merged, guarded, kept. One import makes one snapshot."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from pakdee.domain.errors import ImportRefused
from pakdee.domain.source import Source
from pakdee.ledger import adapters
from pakdee.ledger.intake.check import keep_clean, refuse_nothing
from pakdee.ledger.intake.conclude import conclude
from pakdee.ledger.intake.convert import collect_faults, convert
from pakdee.ledger.intake.files import Paper, find_papers, headings_of, read_paper
from pakdee.ledger.intake.guards import refuse_mixture
from pakdee.ledger.intake.mapping import check_source, map_by_name, map_by_source
from pakdee.ledger.intake.merge import keep_past, merge
from pakdee.ledger.intake.report import ImportReport, Progress, Reject
from pakdee.ledger.intake.staging import Bench, open_bench
from pakdee.ledger.intake.wish import Wish
from pakdee.ledger.snapshot import Snapshot, newest_snapshot
from pakdee.ledger.tables import MINIMAL, Table, tables

__all__ = ["ImportReport", "Reject", "import_"]


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
        source: how the shop's own files map to canonical tables; without it: <table>.csv or .parquet.
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
    last = newest_snapshot(location)
    if last and append:
        refuse_mixture(last, zone=zone.key, currency=currency, where=str(path))
    folder = Path(tempfile.mkdtemp(prefix=".incoming-", dir=location))
    bench = open_bench(folder, zone=zone, currency=currency, now=now, progress=progress)
    try:
        return _import(bench, wish, last)
    finally:
        bench.connection.close()
        shutil.rmtree(folder, ignore_errors=True)


def _import(bench: Bench, wish: Wish, last: Snapshot | None) -> ImportReport:
    base = last if wish.append else None
    papers = {} if wish.adapter else _papers(bench, wish, base)
    digests = adapters.adapt(bench, wish.adapter, wish.path) if wish.adapter else {}
    names = []
    for name, table in tables().items():
        if name in papers:
            digests[papers[name].path.name] = _read(bench, wish, name, papers[name])
        if _merge(bench, wish, table, base):
            names.append(name)
    return conclude(bench, wish, last, names, digests)


def _papers(bench: Bench, wish: Wish, base: Snapshot | None) -> dict[str, Paper]:
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
    return dict(papers)


def _read(bench: Bench, wish: Wish, name: str, paper: Paper) -> str:
    """Make `typed_<name>` of its file. Returns the file's sha256."""
    digest = read_paper(bench, name, paper)
    headings = headings_of(bench, name)
    bench.progress(f"{name}: {bench.one(f'SELECT count(*) FROM raw_{name}'):,} rows read")
    if wish.source:
        mapped = map_by_source(name, paper, headings, wish.source, bench.notes)
    else:
        mapped = map_by_name(name, paper, headings, bench.notes)
    convert(bench, mapped)
    return digest


def _merge(bench: Bench, wish: Wish, table: Table, base: Snapshot | None) -> bool:
    """Make `merged_<table>` of what was read and what was known; False where there is neither."""
    if bench.has(f"typed_{table.name}"):
        collect_faults(bench, table.name)
        keep_clean(bench, table, assume_consent=wish.assume_consent)
        if not base:
            refuse_nothing(bench, table, str(wish.path))
        merge(bench, table, base)
        return True
    if base and table.name in base.tables:
        keep_past(bench, table.name, base)
        return True
    return False
