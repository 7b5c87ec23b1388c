"""Filters of templates, per language: greet, date, money, num, percent, plural, level, default."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from babel.core import Locale
from babel.numbers import get_currency_precision, get_currency_symbol

from pakdee.domain.units import Words
from pakdee.rendering.printing import EMPTY, Unprintable, clean, number

NBSP = "\N{NO-BREAK SPACE}"
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
# Titles people are stored with; "คุณ" is taken off only before a letter that can begin a name (คุณากร stays).
_TITLE = re.compile(
    r"^(?:(?:คุณ|นางสาว|นาง|นาย|น\.ส\.|ด\.ช\.|ด\.ญ\.)\s*(?=[ก-ฮเ-ไA-Za-z])|(?:mr|mrs|ms|miss|dr|khun)\b\.?\s+(?=\S))",
    re.IGNORECASE,
)
_LONGEST_NAME = 80
Filters = dict[str, Callable[..., Any]]


def filters(locale: str, words: Mapping[str, Any], *, currency: str, levels: Mapping[str, Words]) -> Filters:
    """All filters for one language.

    Args:
        words: this language's block of words.toml.
        levels: titles of the programme's tiers, by id.
    """
    titles = {id_: title.in_language(locale) for id_, title in levels.items()}
    return {
        "greet": _greet(words),
        "date": _date(words),
        "money": _money(locale, words, currency),
        "num": num,
        "percent": percent,
        "plural": plural,
        "level": lambda value: titles.get(_text(value), _text(value).replace("_", " ").title()),
        "default": lambda value, fallback: fallback if value is None or value == "" else value,
    }


def num(value: Any) -> str:
    """1234.50 as 1,234.5; at most two decimals."""
    text = f"{_rounded(number(value), 2):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: Any) -> str:
    """A share as whole per cent: 0.153 as 15%."""
    return f"{_rounded(number(value) * 100, 0):,f}%"


def plural(value: Any, one: str, many: str = "") -> str:
    """The number with its word: 1 order, 2 orders; languages with one form give one word: 3 ครั้ง."""
    return f"{num(value)}{NBSP}{one if number(value) == 1 or not many else many}"


def share_of(value: Any) -> int:
    """A share as whole per cent from 0 to 100, for the width of a bar."""
    return int(_rounded(min(max(number(value), Decimal(0)), Decimal(1)) * 100, 0))


def bar(value: Any) -> str:
    """A share as ten blocks, for the text part."""
    full = share_of(value) // 10
    return "█" * full + "░" * (10 - full)


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unprintable(EMPTY if value is None else "is no text")
    return clean(value)


def _greet(words: Mapping[str, Any]) -> Callable[[Any], str]:
    def greet(customer: Any) -> str:
        """คุณ + given name, Hi + given name, or the greeting for someone whose name is unknown."""
        name = _TITLE.sub("", " ".join(clean(customer.get("first_name") or "").split()))
        if not any(map(str.isalnum, name)) or len(name) > _LONGEST_NAME:
            return str(words["greeting_nobody"])
        form = words["greeting_latin"] if _LATIN.match(name) else words["greeting"]
        return str(form).replace("{name}", name)

    return greet


def _date(words: Mapping[str, Any]) -> Callable[..., str]:
    @lru_cache(maxsize=4096)
    def written(day: dt.date, form: str) -> str:
        month = words["months_short" if form == "short" else "months"][day.month - 1]
        return f"{day.day}{NBSP}{month}{NBSP}{day.year + words['years_ahead']}"

    def date(value: Any, form: str = "long") -> str:
        """A day in full; `"short"` shortens the month."""
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise Unprintable(EMPTY if value is None else "is no date")
        return written(value, form)

    return date


def _money(locale: str, words: Mapping[str, Any], currency: str) -> Callable[[Any], str]:
    places = get_currency_precision(currency)
    symbol = "฿" if currency == "THB" else get_currency_symbol(currency, Locale(locale))
    form = str(words["money"].get(currency, "{sign}" + symbol + "{amount}")).replace(" ", NBSP)

    def money(value: Any) -> str:
        """An amount in the shop's currency, rounded here and only here; whole amounts without decimals."""
        exact = _rounded(number(value), places)
        amount = f"{abs(exact):,.0f}" if exact == exact.to_integral_value() else f"{abs(exact):,f}"
        sign = "-" if exact < 0 else ""
        return form.format(sign=sign, amount=amount)

    return money
