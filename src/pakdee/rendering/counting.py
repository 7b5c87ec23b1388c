"""How a language counts: the form a word takes after a number, by CLDR's rules as Babel has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from babel.core import Locale, UnknownLocaleError

CATEGORIES = ("zero", "one", "two", "few", "many", "other")
"""CLDR's names of forms, in its order."""
_COUNTED = range(1001)
"""Numbers that are counted day by day; what only larger ones or fractions take comes after their forms."""


@dataclass(frozen=True)
class Counting:
    """The forms of one language, in the order in which a template writes them.

    Args:
        needed: those of whole numbers: one and other in English, one, few and many in Polish, other in Thai.
        names: all of them; for what is not written out, the last one stands that is.
    """

    needed: tuple[str, ...]
    names: tuple[str, ...]
    _category: Callable[[Decimal | int], str]

    def form(self, value: Decimal | int, forms: Sequence[str]) -> str:
        """The one of `forms` that stands after `value`; 2.00 counts as 2."""
        whole = value if type(value) is int or value % 1 else int(value)
        return forms[min(self.names.index(self._category(whole)), len(forms) - 1)]


@cache
def counting(locale: str) -> Counting:
    """The rules for `locale`; for a language that CLDR does not know, those of English."""
    try:
        rule = Locale.parse(locale, sep="-").plural_form
    except (UnknownLocaleError, ValueError):
        return counting("en")
    counted = {rule(number) for number in _COUNTED}
    needed = tuple(name for name in CATEGORIES if name in counted)
    rest = (name for name in CATEGORIES if name in {*rule.tags, "other"} and name not in counted)
    return Counting(needed, (*needed, *rest), rule)
