"""Kinds of values a condition deals in, and small questions about them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum

from sqlglot import exp

from pakdee.domain.feature import FeatureType
from pakdee.domain.segment import EVERYONE


class Kind(StrEnum):
    """Kinds of values that may be compared with each other, in words for people."""

    NUMBER = "a number"
    TEXT = "a text"
    YES_NO = "yes or no"
    DATE = "a date"


KINDS = {
    FeatureType.INTEGER: Kind.NUMBER,
    FeatureType.NUMBER: Kind.NUMBER,
    FeatureType.MONEY: Kind.NUMBER,
    FeatureType.SHARE: Kind.NUMBER,
    FeatureType.BOOLEAN: Kind.YES_NO,
    FeatureType.TEXT: Kind.TEXT,
    FeatureType.DATE: Kind.DATE,
}


@dataclass(frozen=True)
class Value:
    """What is known of a part of a condition.

    Args:
        values: the closed list it is taken from, else empty.
        is_test: a comparison or the like, whose answer may not be compared again.
        fixed: its value where it is written out.
        counter: the name of the day counter that it is, if it is one.
    """

    kind: Kind
    text: str
    values: tuple[str, ...] = ()
    is_share: bool = False
    is_test: bool = False
    fixed: Decimal | str | bool | None = None
    counter: str = ""


def unknown_segment(name: str, segments: Collection[str]) -> tuple[str, str]:
    """What and next step for a segment that does not exist."""
    near = nearest(name, (*segments, EVERYONE))
    advice = f"write '{near}'" if near else f"create segments/{name}.yaml or use another segment"
    return f"there is no segment '{name}'", advice


def answer(node: exp.Expr) -> Value:
    """What a comparison and the like gives: yes, no or unknown, never to be compared again."""
    return Value(Kind.YES_NO, text_of(node), is_test=True)


def text_of(node: exp.Expr) -> str:
    """A part of a condition as a message shows it."""
    return node.sql("duckdb")


def nearest(word: str, known: Collection[str]) -> str | None:
    """The known word most like `word`, whatever its case, for "did you mean"."""
    small = {name.lower(): name for name in known}
    return next((small[found] for found in get_close_matches(word.lower(), small, n=1, cutoff=0.6)), None)


def digits_of(number: Decimal) -> int:
    """Significant digits of a number."""
    return len(number.as_tuple().digits)


def is_digits(text: str) -> bool:
    """Whether a text is a number in quotes."""
    return text.replace(".", "", 1).isdigit()


def is_product(node: exp.Expr) -> bool:
    """Whether a product stands in `node` that no division has turned into an inexact number."""
    if isinstance(node, exp.Div):
        return False
    return isinstance(node, exp.Mul) or any(map(is_product, node.iter_expressions()))


def example_of(value: Value) -> str:
    """How a value could be compared, for a message."""
    if value.kind is Kind.TEXT:
        return f"= '{value.values[0]}'" if value.values else "= '…'"
    return ">= 1"
