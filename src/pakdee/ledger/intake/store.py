"""The new snapshot on disk: Parquet files, the manifest last, one rename, and the oldest ones gone."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pakdee.ledger.intake.staging import Bench, identifier, literal, query
from pakdee.ledger.snapshot import MANIFEST, Snapshot, read_snapshot, snapshots
from pakdee.ledger.tables import PERSONAL, tables

_STAMP = "%Y%m%dT%H%M%S"
_DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Written:
    """One stored table: its rows, its columns with how many values each holds, and its file's sha256."""

    rows: int
    columns: Mapping[str, int]
    sha256: str

    @property
    def filled(self) -> list[str]:
        """Columns that are not wholly empty."""
        return [name for name, values in self.columns.items() if values]


def write_tables(bench: Bench, names: list[str]) -> dict[str, Written]:
    """Write `merged_<name>` of each table as Parquet into the bench's folder, persons apart."""
    written: dict[str, Written] = {}
    for name in names:
        columns = bench.columns(f"merged_{name}")
        if name == "customers":
            apart = [c for c in columns if c in PERSONAL]
            columns = [c for c in columns if c not in PERSONAL]
            written["persons"] = _write(bench, name, "persons", ["customer_id", *apart])
        written[name] = _write(bench, name, name, columns)
        bench.progress(f"{name}: {written[name].rows:,} rows stored")
    return written


def _write(bench: Bench, merged: str, name: str, columns: list[str]) -> Written:
    file = bench.folder / f"{name}.parquet"
    table = tables()[merged]
    text = query("store").format(
        columns=", ".join(map(identifier, columns)),
        merged=f"merged_{merged}",
        order=", ".join([*(c for c in table.lies_by if c in columns), *table.key]),
        file=literal(str(file)),
    )
    bench.run(text)
    counts = ", ".join(f"count({identifier(c)})" for c in columns)
    rows, *values = bench.run(f"SELECT count(*), {counts} FROM read_parquet({literal(str(file))})")[0]
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return Written(rows, dict(zip(columns, values, strict=True)), digest)


def content_hash(written: Mapping[str, Written], **also: str) -> str:
    """One hash over all stored tables and what else makes them what they are."""
    parts = {name: table.sha256 for name, table in written.items()} | also
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def new_id(now: dt.datetime, content: str, last: Snapshot | None) -> str:
    """A snapshot id that sorts after the last one's, whatever the clock says."""
    stamp = now.astimezone(dt.UTC)
    if last:
        before = dt.datetime.strptime(last.id.split("-")[0], _STAMP).replace(tzinfo=dt.UTC)
        stamp = max(stamp, before + dt.timedelta(seconds=1))
    return f"{stamp.strftime(_STAMP)}-{content[:6]}"


def commit(bench: Bench, location: Path, manifest: Mapping[str, Any]) -> Snapshot:
    """Close the bench, write the manifest last and make the snapshot visible with one rename."""
    bench.connection.close()
    for name in (".staging.duckdb", ".staging.duckdb.wal", ".spill"):
        _remove(bench.folder / name)
    target = location / str(manifest["id"])
    with (bench.folder / MANIFEST).open("w", encoding="utf-8") as file:
        json.dump(manifest, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    bench.folder.chmod(0o755)
    bench.folder.rename(target)
    return read_snapshot(target)


def tidy(location: Path, *, keep: int, newest: Path) -> None:
    """Remove all but the last `keep` snapshots, and what killed imports left a day ago or earlier."""
    for path in list(snapshots(location))[:-keep]:
        # The manifest first: a snapshot half removed must not look complete.
        (path / MANIFEST).unlink(missing_ok=True)
        _remove(path)
    for path in location.glob(".incoming-*"):
        if path.stat().st_mtime < newest.stat().st_mtime - _DAY:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
