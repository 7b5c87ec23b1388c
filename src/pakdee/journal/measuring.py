"""What metrics read from the journal, and where figures are kept. Periods leave their end out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
from sqlalchemy.engine import RowMapping

from pakdee.journal.instants import stored
from pakdee.journal.statements import statement
from pakdee.journal.store import Store
from pakdee.journal.told import FigureRow

_INSTANT = pa.timestamp("us", tz="UTC")
_ENGAGEMENT = pa.schema(
    [
        ("campaign", pa.string()),
        ("due_on", pa.date32()),
        ("message_id", pa.string()),
        ("kind", pa.string()),
        ("occurred_at", _INSTANT),
        ("is_machine", pa.bool_()),
        ("url", pa.string()),
    ]
)
_WITHDRAWALS = pa.schema([("customer_id", pa.string()), ("withdrawn_at", _INSTANT)])


class Measuring(Store):
    """Aggregates go out as Arrow, figures come back as rows."""

    def engagement(self, start: dt.date, end: dt.date) -> pa.Table:
        """Events of messages due in [start, end), one row per event; tests left out.

        Columns: campaign, due_on (date), message_id, kind, occurred_at (UTC), is_machine, url.
        """
        return self._table("engagement", _ENGAGEMENT, start=start.isoformat(), end=end.isoformat())

    def withdrawals(self, start: dt.datetime, end: dt.datetime) -> pa.Table:
        """Withdrawals of consent in [start, end): customer_id, withdrawn_at (UTC); customers may repeat."""
        return self._table("withdrawals", _WITHDRAWALS, start=stored(start), end=stored(end))

    def store_figures(self, day: dt.date, figures: Iterable[FigureRow]) -> None:
        """Keep a day's figures; measuring again replaces them."""
        shared = {"day": day.isoformat(), "recorded_at": self._now()}
        values = [_stored_figure(figure) | shared for figure in figures]
        if values:
            with self._writing() as connection:
                connection.execute(statement("store_figure"), values)

    def figures(self, start: dt.date, end: dt.date) -> list[tuple[dt.date, FigureRow]]:
        """Figures kept for the days [start, end), by day, metric and scope. Money comes back as Decimal."""
        found = self._rows("figures", start=start.isoformat(), end=end.isoformat())
        return [(dt.date.fromisoformat(row["day"]), _figure(row)) for row in found]

    def _table(self, name: str, columns: pa.Schema, *, many: str | None = None, **values: Any) -> pa.Table:
        with self._reading() as connection:
            found = connection.execute(statement(name, many=many), values).fetchall()
        return pa.table(
            [
                _column(values, field.type)
                for values, field in zip(_by_column(found, columns), columns, strict=True)
            ],
            schema=columns,
        )


def _by_column(found: Sequence[Sequence[Any]], columns: pa.Schema) -> Sequence[Sequence[Any]]:
    return list(zip(*found, strict=True)) if found else [()] * len(columns)


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_date(kind):
        return pa.array(values, pa.string()).cast(kind)
    if pa.types.is_boolean(kind):
        return pa.array([bool(value) for value in values], kind)
    return pa.array(values, kind)


def _stored_figure(figure: FigureRow) -> dict[str, Any]:
    value = figure.value
    return {
        "metric": figure.metric,
        "scope": figure.scope,
        "value": None if value is None else str(value),
        "unit": figure.unit,
        "k": figure.k,
        "n": figure.n,
        "low": figure.low,
        "high": figure.high,
        "why_not": figure.why_not,
        "definition": figure.definition,
        "currency": figure.currency,
    }


def _figure(row: Mapping[str, Any] | RowMapping) -> FigureRow:
    fields = {name: row[name] for name in row if name not in {"day", "value"}}
    exact = Decimal if row["currency"] else float
    return FigureRow(value=None if row["value"] is None else exact(row["value"]), **fields)
