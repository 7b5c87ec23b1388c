"""The twin's SQLite file: one writer at a time, readers that never wait."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from pakdee.domain.errors import SettingsError

FILE = "twin.sqlite"
_VERSION = 2


@lru_cache
def statement(name: str) -> str:
    """The text of `queries/<name>.sql`."""
    return files(__package__).joinpath(f"queries/{name}.sql").read_text(encoding="utf-8")


class Database:
    """The file in `directory`, made when it is missing; usable from several threads.

    Raises:
        SettingsError: the file was made by another version of the twin.
        sqlite3.Error: the disk is full or read-only, or the file no database; nothing of that call is kept.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._path = directory / FILE
        self._lock = threading.Lock()
        # FULL: what was answered survives a power cut too.
        self._durable = self._connection("FULL")
        # NORMAL survives a kill; what a power cut takes of stories and posts is written and posted again.
        self._quick = self._connection("NORMAL")
        self._make()

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._durable.close()
            self._quick.close()

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """A transaction; on disk when it ends, unless not `durable`."""
        connection = self._durable if durable else self._quick
        with self._lock:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # a full disk may have ended it already
                    connection.execute("ROLLBACK")
                raise

    def write(self, name: str, /, *, durable: bool = True, **params: Any) -> None:
        """Runs one statement in a transaction of its own."""
        with self.writing(durable=durable) as connection:
            connection.execute(statement(name), params)

    def read(self, name: str, /, **params: Any) -> list[sqlite3.Row]:
        """The rows of one query, as of the last commit."""
        with closing(self._connection()) as connection:
            return connection.execute(statement(name), params).fetchall()

    def _connection(self, synchronous: str = "NORMAL") -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        return connection

    def _make(self) -> None:
        self._durable.execute("BEGIN")  # both as of one instant
        version = self._durable.execute("PRAGMA user_version").fetchone()[0]
        is_empty = self._durable.execute("SELECT 1 FROM sqlite_master").fetchone() is None
        self._durable.execute("COMMIT")
        if version == _VERSION:
            return
        if version != 0 or not is_empty:
            raise SettingsError(
                "these mails were stored by another version of the twin",
                where=str(self._path),
                next_step="remove the folder it lies in; the twin then begins anew",
            )
        self._durable.execute("PRAGMA journal_mode = WAL")
        # One transaction, so a kill leaves nothing half made; two processes may begin at once.
        schema = statement("schema")
        self._durable.executescript(f"BEGIN IMMEDIATE; {schema} PRAGMA user_version = {_VERSION}; COMMIT;")
