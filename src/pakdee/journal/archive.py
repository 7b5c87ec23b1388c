"""Reading a backup: whose it is, whether it is whole, and its rows, chunk by chunk."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import pyarrow as pa
from sqlalchemy import Table

from pakdee.domain.errors import JournalError
from pakdee.domain.vocabulary import Mode
from pakdee.journal import schema
from pakdee.journal.keeping import FORMAT, MANIFEST, arrow_schema

_PIECE = 1 << 20


class Archive:
    """A backup that was found whole and ours."""

    def __init__(self, file: Path, zipped: ZipFile, manifest: dict[str, Any]) -> None:
        self._file, self._zipped, self._manifest = file, zipped, manifest

    @property
    def kept_at(self) -> dt.datetime:
        """The last instant the backup knows of."""
        return dt.datetime.fromisoformat(self._manifest["kept_at"])

    def count(self, table: Table) -> int:
        """Rows of a table."""
        return int(self._manifest["tables"][table.name]["rows"])

    def rows(self, table: Table) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a table, in the order in which they can be inserted."""
        with self._zipped.open(f"{table.name}.arrow") as member, pa.ipc.open_stream(member) as stream:
            if stream.schema != arrow_schema(table):
                raise damaged(self._file)
            for chunk in stream:
                yield list(zip(*(column.to_pylist() for column in chunk.columns), strict=True))


@contextmanager
def opened_archive(file: Path, *, project: str, mode: Mode) -> Iterator[Archive]:
    """A backup, checked from its first to its last byte before any of it is used.

    Raises:
        JournalError: it is not there, cut short, damaged, or another project's, mode's or version's.
    """
    try:
        with ZipFile(file) as zipped:
            yield Archive(file, zipped, _checked(file, zipped, project, mode))
    except (BadZipFile, EOFError, pa.ArrowException) as error:
        raise damaged(file) from error
    except OSError as error:
        raise JournalError(
            f"the backup cannot be read: {error.strerror or error}",
            where=str(file),
            next_step="name a backup that is there and may be read.",
        ) from error


def damaged(file: Path) -> JournalError:
    """The error for a file that is no whole backup."""
    return JournalError(
        "this is no whole backup of a journal: it is damaged or cut short",
        where=str(file),
        next_step="take another backup; nothing was restored.",
    )


def _checked(file: Path, zipped: ZipFile, project: str, mode: Mode) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(zipped.read(MANIFEST))
        _check_ours(file, manifest, project, mode)
        _check_whole(file, zipped, manifest)
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(file) from error
    return manifest


def _check_ours(file: Path, manifest: dict[str, Any], project: str, mode: Mode) -> None:
    wanted = {
        "format": FORMAT,
        "project": project,
        "mode": str(mode),
        "schema_version": schema.VERSION,
    }
    for name, ours in wanted.items():
        if manifest[name] != ours:
            raise JournalError(
                f"this backup has {name.replace('_', ' ')} {manifest[name]!r}, not {ours!r}",
                where=str(file),
                next_step="take a backup of this project and mode, made by this version of Pakdee.",
            )


def _check_whole(file: Path, zipped: ZipFile, manifest: dict[str, Any]) -> None:
    for table in schema.METADATA.sorted_tables:
        digest = hashlib.sha256()
        with zipped.open(f"{table.name}.arrow") as member:
            while piece := member.read(_PIECE):
                digest.update(piece)
        if digest.hexdigest() != manifest["tables"][table.name]["sha256"]:
            raise damaged(file)
