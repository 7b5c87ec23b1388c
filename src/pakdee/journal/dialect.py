"""Where SQLite and PostgreSQL differ: how writers take turns, and how many rows go in at once."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError

BUSY_SECONDS = 60
_SCHEMA_LOCK, _LOG_LOCK, _CEILING_LOCK = (
    7_041_101,
    7_041_102,
    7_041_103,
)  # arbitrary, ours alone in a journal's database
# The first connection makes the file's mode; the cache (KiB) holds the upper pages of a large journal.
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "cache_size = -65536",
    "wal_autocheckpoint = 10000",
)
Rows = Sequence[tuple[Any, ...]]


class Dialect(ABC):
    """What the journal asks of a database beyond common SQL."""

    placeholder: str
    row_lock = ""
    row_lock_of_batch = ""
    next_batch_lock = ""

    @abstractmethod
    def engine(self, url: URL) -> Engine:
        """Connections set up so that writers take turns and a commit is on disk."""

    @abstractmethod
    def lock_schema(self, connection: Connection) -> None:
        """Wait until no other process makes the schema."""

    @abstractmethod
    def lock_logs(self, connection: Connection) -> None:
        """Wait until no other writer adds to the two logs: their ids then commit in order."""

    @abstractmethod
    def lock_ceiling(self, connection: Connection) -> None:
        """Wait until no other worker counts what may still be sent."""

    @abstractmethod
    def snapshot(self, engine: Engine) -> Engine:
        """The database as of one instant, for as long as a transaction of this engine reads."""

    @abstractmethod
    def renumber(self, connection: Connection, table: Table) -> None:
        """Let the database number new rows behind those that were inserted with their numbers."""

    @abstractmethod
    def insert(self, connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
        """Insert all rows or raise IntegrityError."""

    def insert_new(self, connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> int:
        """Insert rows that are not there yet; how many those were."""
        sql = self.insert_sql(table, columns) + " ON CONFLICT DO NOTHING"
        return connection.exec_driver_sql(sql, list(rows)).rowcount if rows else 0

    def insert_sql(self, table: Table, columns: Sequence[str]) -> str:
        """The INSERT for one row, in the driver's own words: the fast way past SQLAlchemy's compiler."""
        unknown = [name for name in columns if name not in table.columns]
        if unknown:
            raise LookupError(f"{table.name} has no column {unknown[0]}")
        marks = ", ".join([self.placeholder] * len(columns))
        return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"


class Sqlite(Dialect):
    """One file. A writer takes its turn at BEGIN, so that it can never fail halfway for a lock."""

    placeholder = "?"

    def engine(self, url: URL) -> Engine:
        """Connections to the file; threads have one each."""
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, pool_size=8, max_overflow=64)
        event.listen(engine, "connect", self._set_up)
        event.listen(engine, "begin", self._begin)
        return engine

    @staticmethod
    def _set_up(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours to say
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

    @staticmethod
    def _begin(connection: Connection) -> None:
        # A read that turns into a write fails at once when another writer came between: say it up front.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

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


class Postgresql(Dialect):
    """A server. Rows lock rows; only the schema and the two logs need turns."""

    placeholder = "%s"
    row_lock = " FOR UPDATE"
    row_lock_of_batch = " FOR UPDATE OF b"
    next_batch_lock = " FOR UPDATE OF b SKIP LOCKED"

    def engine(self, url: URL) -> Engine:
        """Connections to the server, tried before use: it may have been restarted between two days."""
        return create_engine(url, pool_size=8, max_overflow=64, pool_pre_ping=True)

    def lock_schema(self, connection: Connection) -> None:
        """One process at a time, until its transaction ends."""
        self._take_turn(connection, _SCHEMA_LOCK)

    def lock_logs(self, connection: Connection) -> None:
        """One writer at a time, until its transaction ends."""
        self._take_turn(connection, _LOG_LOCK)

    def lock_ceiling(self, connection: Connection) -> None:
        """One worker at a time, until its claim is written."""
        self._take_turn(connection, _CEILING_LOCK)

    def snapshot(self, engine: Engine) -> Engine:
        """Every statement of the transaction sees what was committed when it began."""
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def renumber(self, connection: Connection, table: Table) -> None:
        """Its sequence goes on behind the highest number."""
        if (column := table.autoincrement_column) is not None and column.autoincrement is True:
            highest = select(func.max(column)).scalar_subquery()
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(select(func.setval(sequence, func.coalesce(highest, 1), highest.is_not(None))))

    @staticmethod
    def _take_turn(connection: Connection, lock: int) -> None:
        connection.execute(select(func.pg_advisory_xact_lock(lock)))

    def insert(self, connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
        """COPY all rows or raise IntegrityError."""
        from psycopg import Error, errors

        sql = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN"
        cursor: Any = connection.connection.cursor()
        try:
            with cursor.copy(sql) as copy:
                for row in rows:
                    copy.write_row(row)
        except errors.IntegrityError as error:
            raise IntegrityError(sql, None, error) from error
        except Error as error:
            raise DBAPIError(sql, None, error) from error
        finally:
            cursor.close()


def dialect_of(url: URL) -> Dialect | None:
    """The dialect for a database address; None for a kind of database the journal does not know."""
    known: dict[str, Dialect] = {"sqlite": Sqlite(), "postgresql": Postgresql()}
    return known.get(url.get_backend_name())
