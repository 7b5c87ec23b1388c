"""The journal's SQL: one file per statement in `queries/`, loaded once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import TypeVar

from sqlalchemy import TextClause, bindparam, text

T = TypeVar("T")


@cache
def statement(name: str, suffix: str = "", *, many: str | None = None) -> TextClause:
    """The statement in `queries/<name>.sql`, ready to be executed on either database.

    Args:
        suffix: added at the end, for a lock that only one database knows.
        many: a parameter that stands for a list, as in `IN :names`.
    """
    sql = (files(__package__) / "queries" / f"{name}.sql").read_text(encoding="utf-8")
    found = text(sql.rstrip() + suffix)
    return found.bindparams(bindparam(many, expanding=True)) if many else found


def in_chunks(items: Sequence[T], size: int = 5_000) -> Iterator[Sequence[T]]:
    """Lists short enough to be parameters."""
    yield from (items[start : start + size] for start in range(0, len(items), size))
