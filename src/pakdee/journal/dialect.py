"""What the journal asks of a database beyond common SQL; each kind of database answers in its own file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table

Rows = Sequence[tuple[Any, ...]]
TextRows = Sequence[tuple[str, ...]]


class Dialect(ABC):
    """What the journal asks of a database beyond common SQL."""

    placeholder: str
    row_lock = ""
    row_lock_of_batch = ""
    next_batch_lock = ""

    @abstractmethod
    def engine(self, url: URL) -> Engine:
        """Connections set up so that writers take turns and a commit is on disk."""

    def turn(self) -> AbstractContextManager[object]:
        """Held while writing; lets threads of a process wait for each other where the database does not."""
        return nullcontext()

    @abstractmethod
    def hurry(self, connection: Connection) -> None:
        """Let this transaction's commit not wait for the disk, where only a power cut can take it back."""

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

    @abstractmethod
    def insert_alike(
        self,
        connection: Connection,
        table: Table,
        columns: Sequence[str],
        rows: TextRows,
        alike: Mapping[str, Any],
    ) -> None:
        """Insert rows of text that have everything else in common, or raise IntegrityError."""

    @abstractmethod
    def insert_new(self, connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> int:
        """Insert rows that are not there yet; how many those were."""

    def insert_sql(self, table: Table, columns: Sequence[str]) -> str:
        """The INSERT for one row, in the driver's own words: the fast way past SQLAlchemy's compiler."""
        unknown = [name for name in columns if name not in table.columns]
        if unknown:
            raise LookupError(f"{table.name} has no column {unknown[0]}")
        marks = ", ".join([self.placeholder] * len(columns))
        return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"
