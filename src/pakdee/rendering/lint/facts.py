"""What mail clients can't show, from `clients.csv`: a table of our own, each row with its source.

Columns stand for families: gmail (web and apps), outlook_classic (Windows, drawn by Word), outlook_new (web
and the new Windows app, one engine), apple_mail (macOS, iOS), yahoo, android (the mail app that comes with
the most common Android phones). `partial` means in some of the family, or with limits.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from pakdee.rendering.lint.styles import declared

FAMILIES = {
    "gmail": "Gmail",
    "outlook_classic": "classic Outlook",
    "outlook_new": "new Outlook",
    "apple_mail": "Apple Mail",
    "yahoo": "Yahoo",
    "android": "Android's mail app",
}
_FUNCTION = re.compile(r"([a-z-]+)\(")


@dataclass(frozen=True)
class Fact:
    """One thing that not every client can do.

    Args:
        value: the value that is meant; empty for any.
        support: y, n or partial, by family.
        bears: whether the mail breaks without it, rather than looking plainer.
        then: what is seen instead.
    """

    kind: str
    name: str
    value: str
    support: Mapping[str, str]
    bears: bool
    then: str
    source: str

    @property
    def lacking(self) -> list[str]:
        """Families without it."""
        return [title for family, title in FAMILIES.items() if self.support[family] == "n"]


@cache
def facts() -> Mapping[tuple[str, str], tuple[Fact, ...]]:
    """All facts, by kind and name."""
    found: dict[tuple[str, str], tuple[Fact, ...]] = {}
    text = (files("pakdee.rendering.lint") / "clients.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        support = {family: row[family] for family in FAMILIES}
        fact = Fact(
            row["kind"], row["name"], row["value"], support, row["bears"] == "y", row["then"], row["source"]
        )
        key = (fact.kind, fact.name)
        found[key] = (*found.get(key, ()), fact)
    return found


@lru_cache(maxsize=4096)
def of_style(style: str) -> tuple[Fact, ...]:
    """Facts about the declarations of a style attribute."""
    return tuple(fact for name, (value, _) in declared(style).items() for fact in of_declaration(name, value))


def of_declaration(name: str, value: str) -> Iterator[Fact]:
    """Facts about one declaration."""
    yield from (fact for fact in facts().get(("property", name), ()) if _says(value, fact.value))
    for function in _FUNCTION.findall(value):
        yield from facts().get(("function", function), ())


def _says(value: str, wanted: str) -> bool:
    """Whether a declaration has the value a fact is about; `-` stands for any negative number."""
    words = value.lower().split()
    return not wanted or wanted in words or (wanted == "-" and any(re.match(r"-[\d.]", w) for w in words))
