"""A connection that sees the tables it is given and nothing else, and the text of the queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from pakdee.domain.errors import LedgerError, MemoryTooSmall
from pakdee.domain.settings import MEMORY


@contextmanager
def locked(
    views: Mapping[str, Path], out: Path, memory_limit: str = MEMORY
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with one view per Parquet file, that can reach their folders and that of `out` alone.

    Args:
        views: by name; `part`, the table with all customers, is among them.
        memory_limit: of the database, "128 MB".

    Raises:
        LedgerError: the facts cannot be read.
    """
    connection = duckdb.connect(
        config={
            "memory_limit": memory_limit,
            "preserve_insertion_order": False,  # nobody reads it; it would hold all rows at once
            "temp_directory": str(out.resolve().with_suffix(".spill")),
            "autoinstall_known_extensions": False,
            # Sums over the filtered rows of many row groups take six times as long in parts.
            "disabled_optimizers": "partitioned_execution",
        }
    )
    folders = {path.resolve().parent for path in (*views.values(), out)}
    try:
        listed = ", ".join(text(f"{folder}/") for folder in sorted(folders))
        connection.execute(f"SET allowed_directories = [{listed}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET parquet_metadata_cache = true")  # each range opens each file anew
        for name, path in views.items():
            rows = f"read_parquet({text(path.resolve())}, file_row_number = true)"
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {rows}")
        connection.execute("SET lock_configuration = true")
        yield connection
    except duckdb.OutOfMemoryException as error:
        raise MemoryTooSmall(str(views["part"]), memory_limit) from error
    except duckdb.Error as error:
        raise LedgerError(
            f"the programme cannot be applied to the facts: {error}",
            where=str(views["part"]),
            next_step="import the shop's data again",
        ) from error
    finally:
        connection.close()


def set_variables(connection: duckdb.DuckDBPyConnection, **variables: Any) -> None:
    """What queries read by getvariable; days as DATE."""
    for name, value in variables.items():
        cast = "::DATE" if isinstance(value, dt.date) else ""
        connection.execute(f"SET VARIABLE {name} = ?{cast}", [value])


def columns_of(connection: duckdb.DuckDBPyConnection, view: str) -> list[str]:
    """Names of a view's columns, in order."""
    return [row[0] for row in connection.execute(f"DESCRIBE {view}").fetchall()]


@cache
def statement(name: str) -> str:
    """The text of `queries/<name>.sql`."""
    return (files("pakdee.programme") / "queries" / f"{name}.sql").read_text("utf-8")


def text(value: object) -> str:
    """A value as a text in SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def choice(cases: Sequence[tuple[str, str]], otherwise: str) -> str:
    """The SQL of the first value whose condition holds; `cases` are (condition, value)."""
    if not cases:
        return otherwise
    return "CASE " + "".join(f"WHEN {when} THEN {then} " for when, then in cases) + f"ELSE {otherwise} END"
