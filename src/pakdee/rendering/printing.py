"""What may be printed into a mail, and how it is cleaned: the last gate before any value becomes text."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from jinja2 import Undefined
from markupsafe import Markup

EMPTY = "is empty for this customer"
_TOO_LARGE = "is too large a number for a mail"
LONGEST_VALUE = 2_000
MOST_DIGITS = 15
# Line breaks and tabs become a space; other control characters and those that reverse the reading
# direction of what follows vanish. Joiners stay: emoji and several scripts are made with them.
_BREAKS = dict.fromkeys(map(ord, "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"), " ")
_HARMFUL = dict.fromkeys((*range(32), *range(127, 160), *range(55296, 57344), 65279, *range(65529, 65532)))
_BIDI = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), None)
_CLEANING = _HARMFUL | _BIDI | _BREAKS
_BLANKS = re.compile(r"\s+")


class Unprintable(Exception):
    """A value has no place in a mail. `variable` and `line` are those of the template, where known."""

    def __init__(self, what: str, variable: str = "", line: int = 0) -> None:
        self.what, self.variable, self.line = what, variable, line
        super().__init__(what)


def clean(text: str) -> str:
    """`text` on one line, without control and direction characters; most text is returned as it is.

    Raises:
        Unprintable: longer than LONGEST_VALUE characters.
    """
    if len(text) > LONGEST_VALUE:
        raise Unprintable(f"is longer than {LONGEST_VALUE:,} characters")
    return text if text.isprintable() else text.translate(_CLEANING)


def one_line(text: str) -> str:
    """A subject: cleaned, NFC, blanks run together, so that it can't start a new header."""
    text = text.replace("\N{NO-BREAK SPACE}", " ")
    if text.isprintable() and unicodedata.is_normalized("NFC", text) and "  " not in f" {text} ":
        return text
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text.translate(_CLEANING))).strip()


def printed(value: Any, variable: str, line: int) -> Any:
    """The value of a template's expression, cleaned. Raises Unprintable for nothing, naming `variable`."""
    kind = type(value)
    if kind is int or kind is Markup:
        return value
    if kind is not str:
        return _odd(value, variable, line)
    try:
        return value if value.isprintable() and len(value) <= LONGEST_VALUE else clean(value)
    except Unprintable as problem:
        raise Unprintable(problem.what, variable, line) from None


def _odd(value: Any, variable: str, line: int) -> Any:
    if isinstance(value, Undefined):
        return str(value)  # raises, naming what is not there
    if value is None or _is_nan(value):
        raise Unprintable(EMPTY, variable, line)
    return value


def finalize(value: Any) -> Any:
    """The guard at every `{{ }}`, components' own included: text and whole numbers pass, all else raises."""
    kind = type(value)
    if kind is str or kind is Markup or kind is int:
        return value
    if isinstance(value, Undefined):
        return str(value)
    if value is None:
        raise Unprintable(EMPTY)
    if isinstance(value, str):
        return value
    raise Unprintable(f"is a {kind.__name__}, which needs a filter such as date, money, num or percent")


def number(value: Any) -> Decimal:
    """`value` as an exact number. Raises Unprintable for nothing, not-a-number and the immeasurable."""
    exact = value if type(value) is Decimal and value.is_finite() else _exact(value)
    if exact.adjusted() >= MOST_DIGITS:
        raise Unprintable(_TOO_LARGE)
    return exact


def _exact(value: Any) -> Decimal:
    if value is None or isinstance(value, Undefined) or _is_nan(value):
        raise Unprintable(EMPTY)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Unprintable(f"is a {type(value).__name__}, not a number")
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        raise Unprintable(_TOO_LARGE)
    return exact


def _is_nan(value: Any) -> bool:
    return isinstance(value, float | Decimal) and value != value  # noqa: PLR0124 -- only NaN differs from itself
