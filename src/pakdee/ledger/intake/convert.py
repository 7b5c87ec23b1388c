"""From raw text to typed rows, in one pass per table; what cannot be understood goes to the rejects."""

from __future__ import annotations

from pakdee.domain.source import Reading
from pakdee.ledger.intake.expressions import (
    BAD,
    UNREADABLE,
    birthday_text,
    cell,
    plain_number,
    text_of,
    value_of,
)
from pakdee.ledger.intake.mapping import Mapped
from pakdee.ledger.intake.report import Reason
from pakdee.ledger.intake.staging import Bench, identifier, literal, query
from pakdee.ledger.tables import Column, Kind

TIMES = (Kind.DAY, Kind.MOMENT, Kind.DEADLINE)
REFUSING = (Kind.STATUS, Kind.CURRENCY)
"""Kinds whose unreadable values set the row aside even where the column is optional."""

UTC = "+00:00"

CORRECTED = 1000
"""Up to so many malformed lines, the numbers of the rows behind them are corrected."""


def convert(bench: Bench, mapped: Mapped) -> None:
    """Make staging table `typed_<table>` (`_row`, columns, `_fault`, `_slips`) and collect its rejects."""
    name = mapped.table.name
    if _found_by(mapped):
        bench.run(query("customer_by_email"))
    text = query("convert").format(
        typed=f"typed_{name}",
        raw=f"raw_{name}",
        row=_row_number(bench, mapped),
        texts=_aliased(_texts(mapped)),
        grouped=_grouped(mapped),
        values=_aliased({column.name: _value(mapped, column) for column in mapped.columns}),
        lookup=_lookup(mapped),
        kept=_aliased({column.name: _kept(column) for column in mapped.columns}),
        fault=_fault(mapped.columns),
        slips=", ".join([*map(_slip, mapped.columns), *_not_found(mapped)]),
    )
    bench.run(text)
    bench.run(f"DROP TABLE raw_{name}")


def collect_faults(bench: Bench, table: str) -> None:
    """Move what `typed_<table>` noted about its rows into the rejects."""
    bench.run(query("collect_faults").format(typed=f"typed_{table}", table=literal(table)))


def _row_number(bench: Bench, mapped: Mapped) -> str:
    if mapped.paper.is_parquet:
        return "rowid + 1"
    position = f"rowid + {2 + mapped.paper.skip_lines}"
    lines = bench.run(query("malformed_lines"), [mapped.table.name, CORRECTED])
    if not lines:
        return position
    starts = [line - earlier for earlier, (line,) in enumerate(lines)]
    return f"{position} + len(list_filter({starts}, lambda start: start <= {position}))"


def _aliased(expressions: dict[str, str]) -> str:
    return ",\n        ".join(f"{sql} AS {identifier(name)}" for name, sql in expressions.items())


def _texts(mapped: Mapped) -> dict[str, str]:
    """Texts by `t_<column>`; those that amounts are reckoned with as `t_<column>_times` and `_less<n>`."""
    texts = {name: text_of(reading) for name, reading in mapped.readings.items() if not reading.count_per}
    found = {}
    for column in mapped.columns:
        reading = mapped.readings.get(column.name)
        if column.kind is Kind.BIRTHDAY:
            found["t_birthday"] = birthday_text(texts)
        elif reading and reading.count_per:
            found[f"t_{column.name}"] = _counted(mapped, reading.count_per)
        elif reading:
            found[f"t_{column.name}"] = texts[column.name]
            others = [(f"less{i}", other) for i, other in enumerate(reading.less)]
            others += [("times", reading.times)] if reading.times else []
            found |= {f"t_{column.name}_{role}": cell(other) for role, other in others}
    return found


def _counted(mapped: Mapped, heading: str) -> str:
    # Numbered by content, not by place in the file: a file in another order numbers its lines alike.
    own = [text_of(reading) for reading in mapped.readings.values() if not reading.count_per]
    order = ", ".join(own)
    return f"CAST(row_number() OVER (PARTITION BY {cell(heading)} ORDER BY {order}) AS VARCHAR)"


def _grouped(mapped: Mapped) -> str:
    """The middle step of several rows for one: the first non-empty text, or the sum."""
    if mapped.one_row_per is None:
        return "SELECT * FROM texts"
    key = identifier(f"t_{mapped.one_row_per}")
    picked = {name: f"arg_min({identifier(name)}, _row)" for name in _texts(mapped)}
    for name, reading in mapped.readings.items():
        if reading.sum:
            picked[f"t_{name}"] = _summed(mapped, identifier(f"t_{name}"))
    picked[f"t_{mapped.one_row_per}"] = key
    rest = _aliased(picked)
    return f"SELECT min(_row) AS _row, {rest} FROM texts WHERE {key} IS NOT NULL GROUP BY {key}"


def _summed(mapped: Mapped, text: str) -> str:
    value = f"read_exact({plain_number(text, mapped.numbers) if mapped.numbers else text})"
    total = f"CAST(CAST(sum({value}) AS DECIMAL(18, 4)) AS VARCHAR)"
    return f"CASE WHEN count({text}) = count({value}) THEN {total} ELSE {UNREADABLE} END"


def _value(mapped: Mapped, column: Column) -> str:
    reading = mapped.readings.get(column.name) or _birthday_reading(mapped)
    if reading.find_by:
        return "found.customer_id"
    summed = reading.sum or (column.kind is Kind.BIRTHDAY and "birth_date" not in mapped.readings)
    calendar = reading.calendar or mapped.calendar
    value = value_of(
        column.kind,
        identifier(f"t_{column.name}"),
        dates=() if summed else reading.dates or mapped.dates,
        calendar=calendar,
        numbers=None if summed else mapped.numbers,
        suffix=UTC if reading.zone == "utc" else "",
    )
    return _reckoned(mapped, column, reading, value)


def _reckoned(mapped: Mapped, column: Column, reading: Reading, value: str) -> str:
    """`value`, multiplied and lessened as the reading says, rounded once."""
    if not reading.times and not reading.less:
        return value
    if reading.times:
        value += f" * {_amount(mapped, f't_{column.name}_times')}"
    for i in range(len(reading.less)):
        text = f"t_{column.name}_less{i}"
        value += f" - CASE WHEN {identifier(text)} IS NULL THEN 0 ELSE {_amount(mapped, text)} END"
    return f"CAST({value} AS DECIMAL(18, 4))"


def _amount(mapped: Mapped, text: str) -> str:
    return value_of(Kind.MONEY, identifier(text), dates=(), calendar="gregorian", numbers=mapped.numbers)


def _birthday_reading(mapped: Mapped) -> Reading:
    named = next(name for name in ("birth_date", "birth_year", "birth_day") if name in mapped.readings)
    return mapped.readings[named]


def _found_by(mapped: Mapped) -> str | None:
    return next((name for name, reading in mapped.readings.items() if reading.find_by), None)


def _lookup(mapped: Mapped) -> str:
    by = _found_by(mapped)
    text = identifier(f"t_{by}")
    return f"LEFT JOIN customer_by_email AS found ON lower({text}) = found.email" if by else ""


def _not_found(mapped: Mapped) -> list[str]:
    by = _found_by(mapped)
    if by is None:
        return []
    condition = f"{identifier(f't_{by}')} IS NOT NULL AND {identifier(by)} IS NULL"
    return [f"CASE {_case(mapped.table.columns[by], condition, Reason.NO_ADDRESSEE)} END"]


def _kept(column: Column) -> str:
    name = identifier(column.name)
    wrong = " OR ".join(condition for condition, _ in _doubts(column))
    return f"CASE WHEN {wrong} THEN NULL ELSE {name} END" if wrong else name


def _doubts(column: Column) -> list[tuple[str, Reason]]:
    """Conditions under which a readable value is wrong all the same."""
    name = identifier(column.name)
    found = []
    if column.kind in TIMES:
        found.append((f"looks_buddhist({name})", Reason.BUDDHIST_YEAR))
    if column.kind is Kind.MOMENT:
        found.append((f"lies_ahead({name})", Reason.FUTURE))
    if column.kind is Kind.ID and column.needs_heading:
        found.append((f"regexp_full_match({name}, '\\d(\\.\\d+)?[eE]\\+\\d+')", Reason.DAMAGED_ID))
    return found


def _unreadable(column: Column) -> list[tuple[str, Reason]]:
    name, text = identifier(column.name), identifier(f"t_{column.name}")
    bad = [(f"{text} IS NOT NULL AND {name} IS NULL", BAD[column.kind])] if column.kind in BAD else []
    return [*bad, *_doubts(column)]


def _fault(columns: tuple[Column, ...]) -> str:
    """The first thing that sets a row aside, as `column<tab>reason`."""
    cases = []
    for column in columns:
        found = _unreadable(column) if column.needs_heading or column.kind in REFUSING else []
        if column.needs_value:
            found = [(f"{identifier(f't_{column.name}')} IS NULL", Reason.MISSING), *found]
        cases += [_case(column, condition, reason) for condition, reason in found]
    return f"CASE {' '.join(cases)} END" if cases else "CAST(NULL AS VARCHAR)"


def _case(column: Column, condition: str, reason: Reason) -> str:
    told = literal(f"{column.name}\t{reason}")
    return f"WHEN {condition} THEN {told}"


def _slip(column: Column) -> str:
    """What left an optional value out, as `column<tab>reason`."""
    found = [] if column.needs_heading or column.kind in REFUSING else _unreadable(column)
    cases = [_case(column, condition, reason) for condition, reason in found]
    return f"CASE {' '.join(cases)} END" if cases else "NULL"
