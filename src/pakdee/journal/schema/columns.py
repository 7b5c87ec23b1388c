"""What all tables are made of."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, MetaData, Text, text

from pakdee.domain.vocabulary import BatchState

Instant = BigInteger
# Python, Arrow and SQLite sort text by bytes; PostgreSQL does so only when told.
Sorted = Text().with_variant(Text(collation="C"), "postgresql")
Counter = BigInteger().with_variant(Integer, "sqlite")

METADATA = MetaData(
    naming_convention={
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

TERMINAL = ", ".join(f"'{state}'" for state in BatchState if state.is_terminal)


def one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    """The column holds one of these words, or none where it may be empty."""
    # Not IN: for each row, SQLite would lay the list out in a table of its own before it looks.
    return CheckConstraint(" OR ".join(f"{column} = '{word}'" for word in words), name=column)


def check(name: str, rule: str) -> CheckConstraint:
    """A rule that every row keeps."""
    return CheckConstraint(rule, name=name)


def index_where(name: str, rule: str, *columns: str, unique: bool = False) -> Index:
    """An index of the rows for which the rule holds."""
    return Index(name, *columns, unique=unique, sqlite_where=text(rule), postgresql_where=text(rule))
