"""An immutable snapshot of the shop's facts: found, judged fresh, and opened for questions."""

from __future__ import annotations

import datetime as dt
import json
import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pakdee.domain.errors import LedgerError, LedgerStale

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Snapshot:
    """The shop's facts as of one import.

    Args:
        tables: canonical table to Parquet file, `persons` included.
        provides: tables that have rows ("orders") and columns that are not wholly empty ("orders.channel").
        facts_until: the newest order's instant, UTC; None without orders.
    """

    id: str
    path: Path
    manifest: Mapping[str, Any]
    tables: Mapping[str, Path]
    provides: frozenset[str]
    facts_until: dt.datetime | None

    def files(self, *names: str) -> list[Path]:
        """The files of these tables, as far as it has them."""
        return [self.tables[name] for name in names if name in self.tables]

    @property
    def customers(self) -> int:
        """How many rows its table of customers has. Raises LedgerError where it is damaged."""
        try:
            return int(pq.read_metadata(self.tables["customers"]).num_rows)
        except (OSError, pa.ArrowInvalid) as error:
            raise _damaged(self.id, self.path, "the table customers cannot be read") from error


def snapshots(location: Path) -> Iterator[Path]:
    """Folders of all complete snapshots at `location`, oldest first."""
    found = (path.parent for path in location.glob(f"*/{MANIFEST}") if not path.parent.name.startswith("."))
    return iter(sorted(found))


def open_snapshot(location: Path, snapshot_id: str | None = None) -> Snapshot:
    """The snapshot `snapshot_id` at `location`, by default the newest complete one.

    Raises:
        LedgerError: there is none, or it is damaged.
    """
    complete = {path.name: path for path in snapshots(location)}
    wanted = snapshot_id or max(complete, default=None)
    if wanted is None or wanted not in complete:
        what = f"there is no snapshot {snapshot_id}" if snapshot_id else "there is no ledger yet"
        raise LedgerError(what, where=str(location), next_step="import the shop's data: pakdee import DIR")
    return read_snapshot(complete[wanted])


def newest_snapshot(location: Path) -> Snapshot | None:
    """The newest complete snapshot at `location`, None where there is none yet."""
    newest = max(snapshots(location), default=None)
    return read_snapshot(newest) if newest else None


def read_snapshot(path: Path) -> Snapshot:
    """The complete snapshot in the folder `path`. Raises LedgerError where it is damaged."""
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        tables = {name: path / f"{name}.parquet" for name in manifest["tables"]}
        until = manifest["facts_until"]
        provides = frozenset(manifest["provides"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path.name, path, "its manifest cannot be read") from error
    missing = next((name for name, file in tables.items() if not file.is_file()), None)
    if missing:
        raise _damaged(path.name, path, f"the table {missing} is missing")
    facts_until = dt.datetime.fromisoformat(until) if until else None
    return Snapshot(path.name, path, manifest, tables, provides, facts_until)


def _damaged(name: str, path: Path, why: str) -> LedgerError:
    return LedgerError(
        f"this snapshot is damaged: {why}",
        where=f"snapshot {name}",
        next_step=f"restore {path} from a backup, or remove it and import the shop's data again",
    )


def check_fresh(snapshot: Snapshot, *, day: dt.date, zone: ZoneInfo, max_age: dt.timedelta) -> None:
    """Nothing, if the newest order is at most `max_age` older than `day`, both in the shop's `zone`.

    Raises:
        LedgerStale: acting on such facts would thank people for the wrong thing.
    """
    if snapshot.facts_until is None:
        newest, age = "there is no order at all", None
    else:
        last = snapshot.facts_until.astimezone(zone).date()
        newest, age = f"the newest order is of {last}", day - last
    if age is None or age > max_age:
        raise LedgerStale(
            f"the facts are too old for {day}: {newest}, allowed are {max_age.days} days",
            where=f"snapshot {snapshot.id}",
            next_step="import newer data, or raise max_age in pakdee.toml",
        )


def connect(
    snapshot: Snapshot, *, memory_limit: str = "2GB", threads: int | None = None, also: Sequence[Path] = ()
) -> duckdb.DuckDBPyConnection:
    """A connection with one view per table of `snapshot`, that can reach no other file and no network.

    Args:
        threads: to work with; by default one per processor.
        also: further folders it may read and write, for results.

    Raises:
        LedgerError: a table is damaged.
    """
    # A folder of its own to spill into, which DuckDB makes when it must and removes when it closes.
    spill = Path(tempfile.gettempdir()) / f"pakdee-{secrets.token_hex(8)}"
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory_limit,
        "temp_directory": str(spill),
        "autoinstall_known_extensions": False,
        # Sums over the filtered rows of many row groups take six times as long in parts.
        "disabled_optimizers": "partitioned_execution",
    }
    connection = duckdb.connect(config=config if threads is None else config | {"threads": threads})
    folders = ", ".join(_quoted(f"{path.resolve()}/") for path in (snapshot.path, *also))
    connection.execute(f"SET allowed_directories = [{folders}]")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET parquet_metadata_cache = true")  # each range opens each file anew
    for name, path in snapshot.tables.items():
        _show(connection, snapshot, name, path)
    connection.execute("SET lock_configuration = true")
    return connection


def _show(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, name: str, path: Path) -> None:
    try:
        connection.execute(
            f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet({_quoted(str(path.resolve()))})'
        )
    except duckdb.Error as error:
        connection.close()
        raise _damaged(snapshot.id, snapshot.path, f"the table {name} cannot be read") from error


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
