"""Which heading becomes which canonical column: by name, or as a source file says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from pakdee.domain.errors import ImportRefused
from pakdee.domain.source import Calendar, Numbers, Reading, Source
from pakdee.ledger.intake.files import Paper
from pakdee.ledger.tables import ALSO_CALLED, BIRTHDAY, Column, Table, tables

NEAR = 0.8


@dataclass(frozen=True)
class Mapped:
    """One table's way from its file: a Reading per canonical column, and how the file writes things."""

    table: Table
    paper: Paper
    readings: Mapping[str, Reading]
    one_row_per: str | None = None
    dates: tuple[str, ...] = ()
    calendar: Calendar = "gregorian"
    numbers: Numbers | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns it brings, in canonical order, the parts of a birthday as one."""
        given = [column for column in self.table.columns.values() if column.name in self.readings]
        whole = [column for column in given if not column.kind.is_birthday_part]
        return (*whole, BIRTHDAY) if len(whole) < len(given) else tuple(whole)


def map_by_name(name: str, paper: Paper, headings: list[str], notes: list[str]) -> Mapped:
    """Headings that are canonical names, in any letter case, are those columns.

    Raises:
        ImportRefused: a needed column is missing, or a heading is nearly one that is.
    """
    table = tables()[name]
    called = {_canonical(heading, table): heading for heading in headings}
    found = {column: heading for column, heading in called.items() if column in table.columns}
    surplus = [heading for column, heading in called.items() if column not in table.columns]
    absent = [column for column in table.columns if column not in found]
    for heading in surplus:
        _refuse_near(paper, heading, absent, headings)
    _refuse_missing(paper, table, found, headings)
    if surplus:
        notes.append(f"{paper.path.name}: not used: {', '.join(surplus)}")
    return Mapped(table, paper, {column: Reading(heading=(found[column],)) for column in found})


def _canonical(heading: str, table: Table) -> str:
    name = heading.strip().lower()
    return name if name in table.columns else ALSO_CALLED.get(name, name)


def _refuse_near(paper: Paper, heading: str, absent: Iterable[str], headings: list[str]) -> None:
    near = get_close_matches(heading.lower(), absent, n=1, cutoff=NEAR)
    if near:
        raise ImportRefused(
            f"there is no column '{heading}'; did you mean '{near[0]}'? (headings: {', '.join(headings)})",
            where=str(paper.path),
            next_step="rename the heading, or remove the column if it is something else",
        )


def _refuse_missing(paper: Paper, table: Table, found: Mapping[str, object], headings: list[str]) -> None:
    for column in table.columns.values():
        if column.needs_heading and column.name not in found:
            near = get_close_matches(column.name, headings, n=1, cutoff=0.5)
            hint = f"; did you mean it by '{near[0]}'?" if near else ""
            raise ImportRefused(
                f"the column '{column.name}' is missing{hint} (headings: {', '.join(headings)})",
                where=str(paper.path),
                next_step=f"name the heading {column.name}, or map it in a source file",
            )


def map_by_source(name: str, paper: Paper, headings: list[str], source: Source, notes: list[str]) -> Mapped:
    """Columns as `source` states them. An optional one whose heading the file lacks is left out, with a note.

    Raises:
        ImportRefused: the source names an unknown table or column, or a needed heading is missing.
    """
    table, given = tables()[name], source.tables[name]
    readings = {_known(column, table, source): reading for column, reading in given.columns.items()}
    usable = {
        column: reading
        for column, reading in readings.items()
        if _is_there(column, reading, table, paper, headings, notes)
    }
    _refuse_missing(paper, table, usable, headings)
    return Mapped(table, paper, usable, given.one_row_per, source.dates, source.calendar, source.numbers)


def check_source(source: Source) -> None:
    """Nothing, if every table of `source` is canonical. Raises ImportRefused with the nearest name."""
    for name in source.tables:
        if name not in tables():
            raise _unknown("table", name, tables(), source)


def _known(column: str, table: Table, source: Source) -> str:
    if column not in table.columns:
        raise _unknown(f"column of {table.name}", column, table.columns, source)
    return column


def _unknown(what: str, name: str, known: Iterable[str], source: Source) -> ImportRefused:
    near = get_close_matches(name, list(known), n=1)
    return ImportRefused(
        f"there is no {what} '{name}'",
        where=f"source {source.name}",
        next_step=f"did you mean {near[0]}?" if near else f"known are: {', '.join(known)}",
    )


def _is_there(
    column: str, reading: Reading, table: Table, paper: Paper, headings: list[str], notes: list[str]
) -> bool:
    wanted = [*reading.heading, *reading.less, *filter(None, (reading.count_per, reading.times))]
    lacking = next((heading for heading in wanted if heading not in headings), None)
    if lacking is None:
        return True
    near = get_close_matches(lacking, headings, n=1, cutoff=NEAR)
    if near or table.columns[column].needs_heading:
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise ImportRefused(
            f"the heading '{lacking}' for {column} is not there{hint} (headings: {', '.join(headings)})",
            where=str(paper.path),
            next_step="correct the heading in the source file, or its 'encoding:' if the headings look wrong",
        )
    notes.append(f"{paper.path.name}: no heading '{lacking}', so there is no {column}")
    return False
