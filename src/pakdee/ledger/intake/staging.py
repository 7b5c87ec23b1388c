"""The workbench of one import: a DuckDB file in the incoming folder, gone when the import is done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from pakdee.ledger.intake.report import Progress

MEMORY = "2GB"

RAW = "cell "
"""In front of a file's headings on the bench, so that a heading such as rowid is only a heading."""


@cache
def query(name: str) -> str:
    """The text of `queries/<name>.sql`; `{names}` in it are filled with `format`."""
    return (files("pakdee.ledger.intake") / "queries" / f"{name}.sql").read_text(encoding="utf-8")


def literal(text: str) -> str:
    """`text` as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """`name` as a quoted SQL identifier, whatever a shop's heading holds."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Bench:
    """Where rows are read, judged and merged before anything is kept.

    Args:
        folder: the incoming folder; the snapshot's files are written there, too.
        now: instants later than a day after this lie in the future.
        notes: what people must be told, collected on the way.
    """

    connection: duckdb.DuckDBPyConnection
    folder: Path
    zone: ZoneInfo
    currency: str
    now: dt.datetime
    progress: Progress
    notes: list[str] = field(default_factory=list)

    def run(self, text: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of `text`. Fetched whole: an unfinished result would block the connection."""
        return self.connection.execute(text, parameters or []).fetchall()

    def one(self, text: str) -> Any:
        """The first value of `text`."""
        return self.run(text)[0][0]

    def has(self, table: str) -> bool:
        """Whether the staging table or view `table` exists."""
        return bool(self.run("SELECT 1 FROM duckdb_columns() WHERE table_name = ?", [table]))

    def columns(self, table: str) -> list[str]:
        """Columns of the staging table or view `table`."""
        rows = self.run(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index", [table]
        )
        return [name for (name,) in rows]


def open_bench(
    folder: Path, *, zone: ZoneInfo, currency: str, now: dt.datetime, progress: Progress | None
) -> Bench:
    """A bench in `folder`, its macros and the table of rejects ready."""
    connection = duckdb.connect(
        str(folder / ".staging.duckdb"),
        config={"memory_limit": MEMORY, "temp_directory": str(folder / ".spill")},
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET VARIABLE zone = ?", [zone.key])
    connection.execute("SET VARIABLE currency = ?", [currency])
    connection.execute("SET VARIABLE now = ?::TIMESTAMPTZ", [now])
    connection.execute(query("reading"))
    connection.execute(query("rejects"))
    return Bench(connection, folder, zone, currency, now, progress or (lambda _: None))
