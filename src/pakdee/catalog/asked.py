"""Which texts a checked condition compares a name with."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from pakdee.domain.condition import Condition


def texts_asked(condition: Condition, name: str) -> frozenset[str] | None:
    """The texts of which `name` must be one; None where it may be others, as in `event <> 'fair'`."""
    found: set[str] = set()
    for column in _columns(condition, name):
        if not isinstance(column.parent, exp.EQ | exp.In) or column.find_ancestor(exp.Not):
            return None
        found.update(_beside(column))
    return frozenset(found)


def texts_compared(condition: Condition, name: str) -> frozenset[str]:
    """All texts that `name` is compared with, whether it is to be them or not."""
    return frozenset(text for column in _columns(condition, name) for text in _beside(column))


def _columns(condition: Condition, name: str) -> Iterator[exp.Column]:
    tree = sqlglot.parse_one(condition.sql, read="duckdb")
    return (column for column in tree.find_all(exp.Column) if column.name == name)


def _beside(column: exp.Column) -> Iterator[str]:
    """Texts in the same comparison."""
    around = column.parent
    if isinstance(around, exp.EQ | exp.NEQ | exp.In):
        yield from (str(one.this) for one in around.find_all(exp.Literal) if one.is_string)
