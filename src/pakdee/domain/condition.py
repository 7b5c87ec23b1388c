"""A checked condition: what is left of a marketer's `where` once the catalog has accepted it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Condition:
    """A boolean expression over features, safe to evaluate.

    Args:
        name: its column, "segment:lapsed" or "campaign:birthday".
        text: as the marketer wrote it.
        sql: the same in DuckDB's dialect, normalised, `in_segment` written out; a spreadsheet segment
            reads the boolean column `"list:<segment>"`.
        features: names it reads, through `in_segment` too.
        lists: spreadsheet segments it reads.
        clauses: the top-level `and` parts as (text, sql), for counts per clause.
        where: "segments/lapsed.yaml:3".
    """

    name: str
    text: str
    sql: str
    features: frozenset[str]
    lists: frozenset[str] = frozenset()
    clauses: tuple[tuple[str, str], ...] = ()
    where: str = ""
