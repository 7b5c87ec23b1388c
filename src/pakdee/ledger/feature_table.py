"""The finished table of a day: shards for planning, and the questions people ask about segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pakdee.domain.condition import Condition
from pakdee.ledger.compute import MEMORY_LIMIT, statement
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

    def shards(self, size: int = 50_000) -> Iterator[pa.Table]:
        """Tables of at most `size` customers, in customer_id order; one is in memory at a time.

        Columns: customer_id, CONTACT, features, conditions.
        """
        with self._open() as connection:
            ranges = connection.execute(statement("shard_ranges"), {"size": size}).fetchall()
            for first, last in ranges:
                yield self._people(connection, first, last)

    def customer(self, customer_id: str) -> pa.Table:
        """One customer's row with the columns of a shard; no row if there is no such customer."""
        with self._open() as connection:
            return self._people(connection, customer_id, customer_id)

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
    def _open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with connect(self.snapshot, memory_limit=MEMORY_LIMIT, also=[self.path.parent]) as connection:
            file = literal(str(self.path.resolve()))
            connection.execute(f"CREATE VIEW features AS SELECT * FROM read_parquet({file})")
            yield connection

    def _people(self, connection: duckdb.DuckDBPyConnection, first: str, last: str) -> pa.Table:
        connection.execute("SET VARIABLE first = ?", [first])
        connection.execute("SET VARIABLE last = ?", [last])
        columns = ", ".join([*self._contact(), *(f"features.{identifier(name)}" for name in self.columns)])
        return connection.sql(statement("people_of_shard").format(columns=columns)).to_arrow_table()

    def _contact(self) -> list[str]:
        found = {table: columns_of(self.snapshot.tables[table]) for table in set(CONTACT.values())}
        return [
            f"{table}.{identifier(column)}"
            if column in found[table]
            else f"NULL::{_TYPES.get(column, 'VARCHAR')} AS {identifier(column)}"
            for column, table in CONTACT.items()
        ]


def open_features(snapshot: Snapshot, path: Path) -> FeatureTable:
    """The table `compose` wrote to `path` from `snapshot`."""
    named = [name for name in columns_of(path) if name != "customer_id" and not name.startswith(LIST_PREFIX)]
    return FeatureTable(snapshot, path, tuple(named), pq.read_metadata(path).num_rows)


def columns_of(path: Path) -> list[str]:
    """Names of a Parquet file's columns, in order."""
    return list(pq.read_schema(path).names)
