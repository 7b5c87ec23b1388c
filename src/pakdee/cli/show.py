"""What a command prints: tables and sentences for people, JSON for programs, progress while it works."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pakdee import saying
from pakdee.domain.errors import PakdeeError, Problem

_WIDE = None if sys.stdout.isatty() else 160  # a file or pipe has no width of its own
console = Console(highlight=False, soft_wrap=True, width=_WIDE)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


@dataclasses.dataclass
class Reader:
    """Who sits before the terminal; JSON and what is logged is English for everybody."""

    language: str = saying.ENGLISH


reader = Reader()


def said(text: str) -> str:
    """A message in the reader's language."""
    return saying.in_language(text, reader.language)


def _cell(value: object) -> str:
    """A cell's words for the reader; single words are names or codes and stay."""
    text = "" if value is None else str(value)
    return said(text) if isinstance(value, str) and " " in text else text


def plain(value: Any) -> Any:
    """`value` as JSON can say it: dataclasses as objects, money as text, days as ISO dates."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {_key(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in value]
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, (Decimal, Path, bytes)) else value


def _key(key: Any) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def as_json(value: Any) -> None:
    """Print `value` as one JSON document."""
    print(json.dumps(plain(value), ensure_ascii=False, indent=2, default=str))


def table(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; columns of numbers stand to the right."""
    cells = [list(row) for row in rows]
    drawn = Table(
        title=said(title) or None, title_justify="left", box=None, pad_edge=False, header_style="bold"
    )
    for position, heading in enumerate(headings):
        right = bool(cells) and all(isinstance(row[position], (int, float, Decimal)) for row in cells)
        drawn.add_column(
            saying.heading_in(heading, reader.language), justify="right" if right else "left", overflow="fold"
        )
    for row in cells:
        drawn.add_row(*(Text(_cell(cell)) for cell in row))
    console.print(drawn)
    console.print()


def records(title: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows that name their columns; a column that says nothing in any row is left out."""
    told = [name for name in (rows[0] if rows else []) if any(row[name] not in ("", None) for row in rows)]
    table(title, [name.replace("_", " ") for name in told], [[row[name] for name in told] for row in rows])


def say(*sentences: str) -> None:
    """Print sentences of the program, one a line, in the reader's language."""
    verbatim(*map(said, sentences))


def verbatim(*texts: str) -> None:
    """Print texts exactly as they are, such as mails."""
    for text in texts:
        console.print(text, markup=False)


def problems(found: Iterable[Problem]) -> None:
    """Print what is wrong in files: where, what and next step."""
    verbatim(*(saying.shown(problem, reader.language) for problem in saying.errors_last(found)))


def complain(about: str | PakdeeError) -> None:
    """Print to standard error."""
    language = reader.language
    told = saying.error_in(about, language) if isinstance(about, PakdeeError) else said(about)
    errors.print(told, markup=False)


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar for long work, on a terminal only; call it with (what, done, of all or 0)."""
    if quiet or not sys.stderr.isatty():
        yield lambda _what, _done, _all: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total or None)
            bar.update(tasks[what], completed=done, total=total or None)

        yield show
