"""The canonical tables, as `tables.toml` states them, and what each kind of column becomes when stored."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files

PERSONAL = ("email", "first_name", "last_name", "phone")
"""Columns of customers that are stored apart, in persons, so that an erasure rewrites one file."""

MINIMAL = ("customers", "orders")
"""Tables without which there is no ledger."""


class Kind(StrEnum):
    """What a column's text is understood as."""

    ID = "id"
    TEXT = "text"
    DAY = "day"
    MOMENT = "moment"
    DEADLINE = "deadline"
    MONEY = "money"
    NUMBER = "number"
    WHOLE = "whole"
    FLAG = "flag"
    STATUS = "status"
    ENTRY = "entry"
    TERM = "term"
    CURRENCY = "currency"
    BIRTHDAY_DATE = "birthday_date"
    BIRTHDAY_YEAR = "birthday_year"
    BIRTHDAY_MONTH = "birthday_month"
    BIRTHDAY_DAY = "birthday_day"
    BIRTHDAY = "birthday"

    @property
    def is_birthday_part(self) -> bool:
        """Whether it is read together with the other parts of a birthday."""
        return self.value.startswith("birthday_")


@dataclass(frozen=True)
class Column:
    """One column as a file may bring it. `needs_heading`, `needs_value`: what an import insists on."""

    name: str
    kind: Kind
    needs_heading: bool = False
    needs_value: bool = False


@dataclass(frozen=True)
class Table:
    """One canonical table; `key`, `lies_by`, `parents` and `replaces` as `tables.toml` explains them."""

    name: str
    columns: Mapping[str, Column]
    key: tuple[str, ...]
    parents: Mapping[str, str] = field(default_factory=dict)
    replaces: tuple[str, ...] = ()
    lies_by: tuple[str, ...] = ()


BIRTHDAY = Column("birthday", Kind.BIRTHDAY)

ALSO_CALLED = {"joined_on": "joined_at", "declared_channel": "preferred_channel", "at": "occurred_at"}
"""Names under which canonical files may bring a column, too."""

STORED = {
    "ordered_at": {"ordered_at": "ordered_at", "ordered_on": "local_day(ordered_at)"},
    "refunded_at": {"refunded_at": "refunded_at", "refunded_on": "local_day(refunded_at)"},
    "joined_at": {"joined_at": "joined_at", "joined_on": "local_day(joined_at)"},
    "occurred_at": {"occurred_at": "occurred_at", "occurred_on": "local_day(occurred_at)"},
    "available_at": {"available_at": "available_at", "available_on": "local_day(available_at)"},
    "expires_at": {
        "expires_at": "expires_at",
        "expires_on": "local_day(expires_at - INTERVAL 1 MICROSECOND)",  # the last day, also of midnight
    },
    "preferred_channel": {"declared_channel": "lower(preferred_channel)"},
    "channel": {"channel": "lower(channel)"},
    "locale": {"locale": "lower(locale)"},
    "birthday": {
        "birth_year": "birthday.birth_year",
        "birth_month": "birthday.birth_month",
        "birth_day": "birthday.birth_day",
    },
}
"""Stored columns and their SQL, where they are not simply the column itself."""


def stored(column: str) -> Mapping[str, str]:
    """Stored columns that `column` becomes, with the SQL of each."""
    return STORED.get(column, {column: column})


def _column(name: str, text: str) -> Column:
    kind = Kind(text.rstrip("!*"))
    return Column(name, kind, needs_heading=text[-1] in "!*", needs_value=text.endswith("!"))


@cache
def tables() -> Mapping[str, Table]:
    """All canonical tables by name, parents before children."""
    text = (files("pakdee.ledger") / "tables.toml").read_text(encoding="utf-8")
    return {
        name: Table(
            name,
            {column: _column(column, kind) for column, kind in table["columns"].items()},
            tuple(table["key"]),
            table.get("parents", {}),
            tuple(table.get("replaces", ())),
            tuple(table.get("lies_by", ())),
        )
        for name, table in tomllib.loads(text).items()
    }
