"""SQLite: one file. A writer takes its turn at BEGIN, so that it can never fail halfway for a lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from threading import Lock
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event

from pakdee.journal.dialect import Dialect, Rows, TextRows

BUSY_SECONDS = 60
LOOK_AGAIN_SECONDS = 0.01
# The cache (KiB) holds the upper pages of a large journal.
PRAGMAS = (
    "synchronous = FULL",
    "foreign_keys = ON",
    "cache_size = -65536",
    "wal_autocheckpoint = 10000",
)


class Sqlite(Dialect):
    """One file. A writer takes its turn at BEGIN, so that it can never fail halfway for a lock."""

    placeholder = "?"

    def __init__(self) -> None:
        self._turn = Lock()

    def turn(self) -> Lock:
        """Of the threads here. At BEGIN, SQLite would have them sleep and look again, at last for 100 ms."""
        return self._turn

    def engine(self, url: URL) -> Engine:
        """Connections to the file; threads have one each."""
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, pool_size=8, max_overflow=64)
        event.listen(engine, "connect", self._set_up)
        event.listen(engine, "begin", self._begin)
        return engine

    @staticmethod
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours to say
        _become_wal(connection)
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

    @staticmethod
    def _begin(connection: Connection) -> None:
        # A read that turns into a write fails at once when another writer came between: say it up front.
        options = connection.get_execution_options()
        waits = "FULL" if options.get("waits_for_disk", True) else "NORMAL"
        if connection.info.get("synchronous", "FULL") != waits:
            connection.exec_driver_sql(f"PRAGMA synchronous = {waits}")  # heeded only outside a transaction
            connection.info["synchronous"] = waits
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")

    def hurry(self, connection: Connection) -> None:
        """Said at BEGIN; the write-ahead log is one file in order, so that flushing it later covers this."""

    def lock_schema(self, connection: Connection) -> None:
        """Nothing to do: BEGIN IMMEDIATE is the lock."""

    def lock_logs(self, connection: Connection) -> None:
        """Nothing to do: BEGIN IMMEDIATE is the lock."""

    def lock_ceiling(self, connection: Connection) -> None:
        """Nothing to do: BEGIN IMMEDIATE is the lock."""

    def snapshot(self, engine: Engine) -> Engine:
        """In WAL mode every reading transaction is one."""
        return engine

    def renumber(self, connection: Connection, table: Table) -> None:
        """Nothing to do: the next number is one more than the highest."""

    def insert(self, connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
        """Insert all rows or raise IntegrityError."""
        connection.exec_driver_sql(self.insert_sql(table, columns), list(rows))

    def insert_new(self, connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> int:
        """Insert rows that are not there yet; how many those were."""
        sql = self.insert_sql(table, columns) + " ON CONFLICT DO NOTHING"
        return connection.exec_driver_sql(sql, list(rows)).rowcount if rows else 0

    def insert_alike(
        self,
        connection: Connection,
        table: Table,
        columns: Sequence[str],
        rows: TextRows,
        alike: Mapping[str, Any],
    ) -> None:
        """Insert all rows or raise IntegrityError."""
        # What is alike stands in the statement, quoted by SQLite itself, so that the rows go in as they are.
        quoting = f"SELECT {', '.join(['quote(?)'] * len(alike))}"
        quoted = connection.exec_driver_sql(quoting, tuple(alike.values())).one()
        asked = self.insert_sql(table, [*columns, *alike])
        values = ", ".join([*["?"] * len(columns), *quoted])
        connection.exec_driver_sql(f"{asked.partition('VALUES')[0]}VALUES ({values})", list(rows))


def _become_wal(connection: sqlite3.Connection) -> None:
    """The first connection of all changes the file's mode, which for the others is so already.

    Of two that do so at once SQLite refuses one, however long it is told to wait.
    """
    until = monotonic() + BUSY_SECONDS
    while refusal := _refusal(connection):
        if monotonic() > until:
            raise refusal
        sleep(LOOK_AGAIN_SECONDS)


def _refusal(connection: sqlite3.Connection) -> sqlite3.OperationalError | None:
    """What SQLite says where another is writing at this moment; None once the file has the mode."""
    try:
        connection.execute("PRAGMA journal_mode = WAL").close()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return error
    return None
