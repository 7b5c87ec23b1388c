"""Gather from the facts only what the wanted features are made from.

A table that none of them is made from stays empty, and a column stays null: the queries that read it need not
know, and the database leaves out the work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import duckdb

from pakdee.ledger.ranges import Range, enter

_TABLE = re.compile(r"CREATE TEMP TABLE (\w+) AS\s(.*?);?\s*\Z", re.DOTALL)
"""A statement that makes a table, at its end; a header of comments may stand before it."""

_MADE = re.compile(r"CREATE TEMP TABLE (\w+) AS")


def gather(connection: duckdb.DuckDBPyConnection, text: str, sources: frozenset[str]) -> None:
    """Run the statements of `text`, each table narrowed to `sources`.

    Args:
        sources: tables ("cycle_sums") and, of tables needed in part, columns ("order_sums.net_spend").
    """
    for statement in connection.extract_statements(text):
        connection.execute(_narrowed(connection, statement.query, sources))


def gather_by_range(
    connection: duckdb.DuckDBPyConnection, text: str, sources: frozenset[str], ranges: Sequence[Range]
) -> None:
    """Run `text`, which makes one table, for one range of customers after the other.

    What is gathered of all customers at once must fit into memory as far as it cannot be spilled, as lists.
    """
    made = _narrowed(connection, text, sources)
    for number, bounds in enumerate(ranges):
        enter(connection, bounds)
        connection.execute(_MADE.sub(r"INSERT INTO \1", made) if number else made)


def _narrowed(connection: duckdb.DuckDBPyConnection, statement: str, sources: frozenset[str]) -> str:
    found = _TABLE.search(statement)
    if found is None or found[1] in sources:
        return statement
    table, rows = found.groups()
    needed = {column for name, _, column in (source.partition(".") for source in sources) if name == table}
    if not needed:
        return f"CREATE TEMP TABLE {table} AS SELECT * FROM ({rows}) WHERE false"
    unneeded = [name for name in _columns(connection, rows) if name not in needed | {"customer_id"}]
    nulls = ", ".join(f'CASE WHEN false THEN "{name}" END AS "{name}"' for name in unneeded)
    return f"CREATE TEMP TABLE {table} AS SELECT * {f'REPLACE ({nulls})' if nulls else ''} FROM ({rows})"


def _columns(connection: duckdb.DuckDBPyConnection, rows: str) -> Iterator[str]:
    return (row[0] for row in connection.execute(f"DESCRIBE {rows}").fetchall())
