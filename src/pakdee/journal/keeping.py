"""Keeping a copy: one file for either database, written from one snapshot while workers go on.

The file is a zip of one Arrow stream per table and, last, a manifest: whose journal, which generation, when,
and the rows and hash of each stream. Without its manifest a file is no backup.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_STORED, ZipFile

import pyarrow as pa
from sqlalchemy import Boolean, Connection, Float, Integer, LargeBinary, Select, Table, select

from pakdee.domain.errors import JournalError
from pakdee.journal import schema
from pakdee.journal.epochs import Epochs
from pakdee.journal.instants import told
from pakdee.journal.store import speaking
from pakdee.journal.told import Backup

FORMAT = 1
MANIFEST = "manifest.json"
_ROWS, _LARGE_ROWS = 4_000, 10  # read at once; those with bodies may have a megabyte each
_LARGE = {schema.batch.name, schema.webhook_inbox.name}


class Keeping(Epochs):
    """Writes backups."""

    def backup(self, file: Path) -> Backup:
        """Write all of the journal to `file`, as of one instant; it appears only when it is whole.

        Raises:
            JournalError: the journal cannot be read, or the file not be written.
        """
        made = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                found = self._write(made)
                made.replace(file)
            finally:
                made.unlink(missing_ok=True)
        except OSError as error:
            raise JournalError(
                f"the backup cannot be written: {error.strerror}",
                where=str(file),
                next_step="make room, or name a place where the user who runs Pakdee may write.",
            ) from error
        return found

    def _write(self, file: Path) -> Backup:
        kept_at = told(self._now())  # before the snapshot: what comes in between counts as lost
        snapshot = self._dialect.snapshot(self._engine)
        with speaking(self._engine), file.open("wb") as raw:
            file.chmod(0o600)  # it holds mails with addresses
            with ZipFile(raw, "w", ZIP_STORED) as archive, snapshot.begin() as connection:
                (meta,) = connection.execute(schema.meta.select()).mappings()
                tables = {t.name: _put(archive, connection, t) for t in schema.METADATA.sorted_tables}
                whose = {name: meta[name] for name in ("project", "mode", "schema_version", "generation")}
                manifest = {"format": FORMAT, **whose, "kept_at": kept_at.isoformat(), "tables": tables}
                archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
            raw.flush()
            os.fsync(raw.fileno())
        return Backup(kept_at, tables[schema.message.name]["rows"], file.stat().st_size)


def arrow_schema(table: Table) -> pa.Schema:
    """The columns of a table as Arrow sees them."""
    return pa.schema([(column.name, _arrow_type(column.type)) for column in table.columns])


def _arrow_type(kind: Any) -> pa.DataType:
    if isinstance(kind, Boolean):
        return pa.bool_()
    if isinstance(kind, Integer):
        return pa.int64()
    if isinstance(kind, Float):
        return pa.float64()
    return pa.large_binary() if isinstance(kind, LargeBinary) else pa.string()


def _put(archive: ZipFile, connection: Connection, table: Table) -> dict[str, Any]:
    """Stream a table into the archive: how many rows, and their hash."""
    columns, rows = arrow_schema(table), 0
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with archive.open(f"{table.name}.arrow", "w", force_zip64=True) as member:
        hashing = _Hashing(member)
        with pa.ipc.new_stream(pa.PythonFile(hashing, "w"), columns, options=options) as stream:
            for chunk in _chunks(connection, table):
                by_column = zip(*chunk, strict=True)
                arrays = [pa.array(v, f.type) for v, f in zip(by_column, columns, strict=True)]
                stream.write_batch(pa.record_batch(arrays, schema=columns))
                rows += len(chunk)
    return {"rows": rows, "sha256": hashing.digest.hexdigest()}


def _chunks(connection: Connection, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    at_once = _LARGE_ROWS if table.name in _LARGE else _ROWS
    for query in _queries(table):
        found = connection.execution_options(yield_per=at_once).execute(query)
        yield from (list(map(tuple, chunk)) for chunk in found.partitions())


def _queries(table: Table) -> list[Select[Any]]:
    if table.name != schema.batch.name:
        return [select(table)]
    # What was split off comes after what it was split off from, as its key demands.
    is_root = table.c.id == table.c.root_id
    return [select(table).where(is_root), select(table).where(~is_root)]


@dataclass(slots=True)
class _Hashing:
    """A file that is hashed while it is written; never read back."""

    file: IO[bytes]
    written: int = 0
    digest: Any = None
    closed: bool = False

    def __post_init__(self) -> None:
        self.digest = hashlib.sha256()

    def write(self, content: Any) -> int:
        self.digest.update(content)
        self.written += self.file.write(content)
        return len(content)

    def tell(self) -> int:
        return self.written

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True
