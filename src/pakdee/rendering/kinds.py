"""Kinds of values in templates, and which filter writes which."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What stands behind a path; filters and components are checked against it."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    SHARE = "share"
    BOOLEAN = "boolean"
    DATE = "date"
    LINK = "link"
    LIST = "list"
    GROUP = "group"

    @property
    def told(self) -> str:
        """As a message names it."""
        return _TOLD.get(self.value, f"a {self.value}")


_TOLD = {
    "integer": "a whole number",
    "money": "an amount of money",
    "share": "a share of 0 to 1",
    "boolean": "a yes or no",
    "group": "a group of values",
}

NUMERIC = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.SHARE})
PLAIN = frozenset({Kind.TEXT, Kind.INTEGER})
TAKES = {
    "greet": frozenset({Kind.GROUP}),
    "date": frozenset({Kind.DATE}),
    "money": frozenset({Kind.MONEY}),
    "num": frozenset({Kind.INTEGER, Kind.NUMBER}),
    "percent": frozenset({Kind.SHARE}),
    "plural": frozenset({Kind.INTEGER, Kind.NUMBER}),
    "level": frozenset({Kind.TEXT}),
}
FILTER_FOR = {
    Kind.DATE: "date",
    Kind.MONEY: "money",
    Kind.NUMBER: "num",
    Kind.SHARE: "percent",
    Kind.GROUP: "greet",
}


def right_filter(used: str, path: str, kind: Kind | None) -> str:
    """The next step where `used` doesn't fit what stands behind `path`."""
    right = FILTER_FOR.get(kind or Kind.TEXT)
    if right and right != used:
        return f"write {path}|{right}"
    return "write customer|greet" if used == "greet" else f"leave |{used} out"


def alike(one: Kind | None, other: Kind | None) -> bool:
    """Whether values of two kinds can stand for each other or be compared."""
    return one is other or {one, other} <= NUMERIC
