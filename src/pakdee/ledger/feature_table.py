"""The finished table of a day: shards for planning, and the questions people ask about segments."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pakdee.domain.condition import Condition
from pakdee.domain.errors import LedgerError
from pakdee.domain.settings import MEMORY
from pakdee.ledger.compute import statement
from pakdee.ledger.intake.staging import identifier, literal
from pakdee.ledger.snapshot import Snapshot, connect

LIST_PREFIX = "list:"
"""Columns of spreadsheet segments; conditions read them, decisions never do."""

CONTACT = {
    "email": "persons",
    "first_name": "persons",
    "last_name": "persons",
    "locale": "customers",
    "declared_channel": "customers",
    "marketing_consent": "customers",
    "consent_at": "customers",
    "consent_source": "customers",
}
"""What a shard carries besides features, and the table it comes from; null where the shop lacks it."""

LEAN_LIMIT = "150MB"
"""Memory of a reader that is one of several; a shard needs a few megabytes."""

_TYPES = {"marketing_consent": "BOOLEAN", "consent_at": "TIMESTAMPTZ"}


@dataclass(frozen=True)
class FeatureTable:
    """Features and conditions of every customer as of a day; sorted by customer_id, never changed.

    Args:
        snapshot: the facts it was made from; persons are read from it only when a shard asks.
        path: the Parquet file.
        columns: features, then conditions ("segment:lapsed").
        customers: its rows.
    """

    snapshot: Snapshot
    path: Path
    columns: tuple[str, ...]
    customers: int

    def ranges(self, size: int) -> list[tuple[str, str]]:
        """First and last customer of each shard of at most `size`, in order: shards are ranges of ids."""
        with self._told():
            ids = pq.read_table(self.path, columns=["customer_id"])["customer_id"]
        starts = range(0, len(ids), size)
        return [(ids[start].as_py(), ids[min(start + size, len(ids)) - 1].as_py()) for start in starts]

    @contextmanager
    def reading(
        self, columns: Collection[str] | None = None, *, threads: int | None = None
    ) -> Iterator[Callable[[str, str], pa.Table]]:
        """A function that reads the customers from a first to a last id, in order; others stay on disk.

        Args:
            columns: of CONTACT, features and conditions; those there are, and by default all of them.
                `customer_id` is always there.
            threads: to read with; by default one per processor.
        """
        wanted = [*CONTACT, *self.columns]
        chosen = [name for name in wanted if columns is None or name in columns]
        with self._open(threads) as connection:
            text = statement("people_of_shard").format(columns=", ".join(map(self._shown(), chosen)))

            def read(first: str, last: str) -> pa.Table:
                with self._told():
                    connection.execute("SET VARIABLE first = ?", [first])
                    connection.execute("SET VARIABLE last = ?", [last])
                    return connection.sql(text).to_arrow_table()

            yield read

    def shards(self, size: int = 50_000, columns: Collection[str] | None = None) -> Iterator[pa.Table]:
        """Tables of at most `size` customers, in customer_id order; one is in memory at a time."""
        with self.reading(columns) as read:
            for first, last in self.ranges(size):
                yield read(first, last)

    def customer(self, customer_id: str) -> pa.Table:
        """One customer's row with the columns of a shard; no row if there is no such customer."""
        with self.reading() as read:
            return read(customer_id, customer_id)

    def counts(self, columns: Sequence[str]) -> dict[str, int]:
        """How many customers each boolean column is true for."""
        return self._count({column: identifier(column) for column in columns})

    def overlap(self, column: str, others: Sequence[str]) -> dict[str, int]:
        """How many customers are in `column` and also in each of `others`."""
        return self._count({other: f"{identifier(column)} AND {identifier(other)}" for other in others})

    def clause_counts(self, condition: Condition) -> list[tuple[str, int]]:
        """Each clause of `condition` as it was written, and how many customers it alone is true for."""
        counts = self._count({str(number): sql for number, (_, sql) in enumerate(condition.clauses)})
        return [(words, counts[str(number)]) for number, (words, _) in enumerate(condition.clauses)]

    def sample(self, column: str | None, n: int) -> list[str]:
        """`n` customer ids for whom `column` is true (None means anyone): a mixed lot, always the same."""
        where = f"WHERE {identifier(column)}" if column else ""
        with self._open() as connection:
            found = connection.execute(statement("sample").format(where=where), {"n": n}).fetchall()
        return [row[0] for row in found]

    def ordered_within(self, days: int) -> float | None:
        """Share of all customers who ordered in the last `days` days; None without orders or customers."""
        if "days_since_last_purchase" not in self.columns or not self.customers:
            return None
        ordered = self._count({"ordered": f"days_since_last_purchase <= {days:d}"})
        return ordered["ordered"] / self.customers

    def _count(self, tests: dict[str, str]) -> dict[str, int]:
        if not tests:
            return {}
        counts = ", ".join(f"count(*) FILTER ({test})" for test in tests.values())
        with self._open() as connection:
            [row] = connection.execute(f"SELECT {counts} FROM features").fetchall()
        return dict(zip(tests, row, strict=True))

    @contextmanager
    def _open(self, threads: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        limit = MEMORY if threads is None else LEAN_LIMIT
        also = [self.path.parent]
        with connect(self.snapshot, memory_limit=limit, threads=threads, also=also) as connection:
            file = literal(str(self.path.resolve()))
            with self._told():
                connection.execute(f"CREATE VIEW features AS SELECT * FROM read_parquet({file})")
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell a file that is gone or damaged as LedgerError."""
        try:
            yield
        except (duckdb.Error, OSError, pa.ArrowInvalid) as error:
            raise LedgerError(
                "the customers and their features cannot be read: a file is gone or damaged",
                where=f"snapshot {self.snapshot.id}",
                next_step="run the same command again; if it fails again, import the shop's data again",
            ) from error

    def _shown(self) -> Callable[[str], str]:
        """How each column is asked for; a contact column the shop lacks is null."""
        found = {table: columns_of(self.snapshot.tables[table]) for table in set(CONTACT.values())}

        def shown(column: str) -> str:
            table = CONTACT.get(column, "features")
            if table == "features" or column in found[table]:
                return f"{table}.{identifier(column)}"
            return f"NULL::{_TYPES.get(column, 'VARCHAR')} AS {identifier(column)}"

        return shown


def open_features(snapshot: Snapshot, path: Path) -> FeatureTable:
    """The table `compose` wrote to `path` from `snapshot`."""
    named = [name for name in columns_of(path) if name != "customer_id" and not name.startswith(LIST_PREFIX)]
    return FeatureTable(snapshot, path, tuple(named), pq.read_metadata(path).num_rows)


def columns_of(path: Path) -> list[str]:
    """Names of a Parquet file's columns, in order."""
    return list(pq.read_schema(path).names)
