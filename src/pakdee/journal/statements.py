"""The journal's SQL: one file per statement in `queries/`, loaded once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from sqlalchemy import TextClause, bindparam, text


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
