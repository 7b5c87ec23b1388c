"""PostgreSQL: a server. Rows lock rows; only the schema, the two logs and a ceiling need turns."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import URL, Boolean, Connection, Engine, Integer, Table, create_engine, event, func, select
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeEngine

from pakdee.journal.dialect import Dialect, Rows, TextRows

IDLE_SECONDS = 5
# Advisory locks: arbitrary numbers, ours alone in a journal's database.
_SCHEMA_LOCK, _LOG_LOCK, _CEILING_LOCK = 7_041_101, 7_041_102, 7_041_103


class Postgresql(Dialect):
    """A server. Rows lock rows; only the schema and the two logs need turns."""

    placeholder = "%s"
    row_lock = " FOR UPDATE"
    row_lock_of_batch = " FOR UPDATE OF b"
    next_batch_lock = " FOR UPDATE OF b SKIP LOCKED"

    def engine(self, url: URL) -> Engine:
        """Connections to the server, tried before use when they were idle: it may have been restarted."""
        engine = create_engine(url, pool_size=8, max_overflow=64)
        event.listen(engine, "checkin", self._note_use)
        event.listen(engine, "checkout", partial(self._try_idle, engine))
        return engine

    @staticmethod
    def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["used_at"] = time.monotonic()

    @staticmethod
    def _try_idle(engine: Engine, connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        # Trying each time would cost every transaction a round trip.
        if time.monotonic() - record.info.get("used_at", time.monotonic()) < IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except DBAPIError as error:
            raise DisconnectionError from error
        except Exception as error:
            if engine.dialect.is_disconnect(error, connection, None):  # type: ignore[arg-type]
                raise DisconnectionError from error
            raise

    def hurry(self, connection: Connection) -> None:
        """Nothing to do: a server may crash and come back while who wrote to it lives on and relies on it."""

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
        """COPY all rows or raise IntegrityError; a single one goes in by itself."""
        if len(rows) == 1:
            connection.exec_driver_sql(self.insert_sql(table, columns), rows[0])
            return

        def write(copy: Any) -> None:
            for row in rows:
                copy.write_row(row)

        self._copy(connection, table, columns, write)

    def insert_new(self, connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> int:
        """Insert rows that are not there yet; how many those were. One statement, a list for each column."""
        if not rows:
            return 0
        lists = ", ".join(f"%s::{_list_of(table.columns[name].type)}" for name in columns)
        sql = f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT * FROM unnest({lists})"
        values = tuple(map(list, zip(*rows, strict=True)))
        return connection.exec_driver_sql(f"{sql} ON CONFLICT DO NOTHING", values).rowcount

    def insert_alike(
        self,
        connection: Connection,
        table: Table,
        columns: Sequence[str],
        rows: TextRows,
        alike: Mapping[str, Any],
    ) -> None:
        """COPY all rows as one text, or raise IntegrityError."""
        if _SPECIAL.search("".join(map("".join, rows))):
            rows = [tuple(map(_copied, row)) for row in rows]
        rest = "".join(f"\t{_copied(value)}" for value in alike.values()) + "\n"
        text = rest.join(["\t".join(row) for row in rows]) + rest
        self._copy(connection, table, [*columns, *alike], lambda copy: copy.write(text))

    @staticmethod
    def _copy(
        connection: Connection, table: Table, columns: Sequence[str], write: Callable[[Any], None]
    ) -> None:
        from psycopg import Error, errors

        sql = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN"
        cursor: Any = connection.connection.cursor()
        try:
            with cursor.copy(sql) as copy:
                write(copy)
        except errors.IntegrityError as error:
            raise IntegrityError(sql, None, error) from error
        except Error as error:
            raise DBAPIError(sql, None, error) from error
        finally:
            cursor.close()


_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def _list_of(kind: TypeEngine[Any]) -> str:
    if isinstance(kind, Boolean):
        return "boolean[]"
    return "bigint[]" if isinstance(kind, Integer) else "text[]"


def _copied(value: object) -> str:
    """A value as COPY reads it from text."""
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], str(value))
