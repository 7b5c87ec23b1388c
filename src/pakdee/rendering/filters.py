"""Filters of templates, per language: greet, date, money, num, percent, plural, level, default."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from babel.core import Locale, UnknownLocaleError
from babel.numbers import get_currency_precision, get_currency_symbol

from pakdee.domain.brand import Image
from pakdee.domain.language import MailWords
from pakdee.domain.units import Words
from pakdee.rendering.counting import counting
from pakdee.rendering.printing import EMPTY, Unprintable, clean, number

NBSP = "\N{NO-BREAK SPACE}"
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
# Titles people are stored with; "คุณ" is taken off only before a letter that can begin a name (คุณากร stays).
_TITLE = re.compile(
    r"^(?:(?:คุณ|นางสาว|นาง|นาย|น\.ส\.|ด\.ช\.|ด\.ญ\.)\s*(?=[ก-ฮเ-ไA-Za-z])|(?:mr|mrs|ms|miss|dr|khun)\b\.?\s+(?=\S))",
    re.IGNORECASE,
)
_LONGEST_NAME = 80
WIDEST = 520
"""Pixels between the margins of a section."""
_MANY = 1_000_000
_NEAR = 1e-6
_STEPS = tuple(Decimal(1).scaleb(-places) for places in range(5))
Filters = dict[str, Callable[..., Any]]


def filters(locale: str, words: MailWords, *, currency: str, levels: Mapping[str, Words]) -> Filters:
    """All filters for one language.

    Args:
        words: what its file says of mails.
        levels: titles of the programme's tiers, by id.
    """
    num = _num(words)
    return {
        "greet": _greet(words),
        "date": _date(words),
        "money": _money(locale, words, currency),
        "num": num,
        "percent": _percent(words),
        "plural": _plural(locale, num),
        "level": _level({id_: title.in_language(locale) for id_, title in levels.items()}),
        "default": lambda value, fallback: fallback if value is None or value == "" else value,
    }


def _num(words: MailWords) -> Callable[[Any], str]:
    separated = _separated(words)
    if separated is str:
        return _with_commas

    def num(value: Any) -> str:
        """1234.50 as 1,234.5 or 1.234,5; at most two decimals."""
        return separated(_with_commas(value))

    return num


def _separated(words: MailWords) -> Callable[[str], str]:
    """From a number's English separators to the language's own; `str` where these are the same."""
    own = {",": words.thousands.replace(" ", NBSP), ".": words.decimal}
    if all(sign == written for sign, written in own.items()):
        return str
    table = str.maketrans(own)
    return lambda text: text.translate(table)


def _with_commas(value: Any) -> str:
    if type(value) is int and -_MANY < value < _MANY:
        return f"{value:,}"
    text = f"{_rounded(number(value), 2):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _percent(words: MailWords) -> Callable[[Any], str]:
    separated = _separated(words)
    before, after = words.percent.replace(" ", NBSP).split("{number}", 1)

    def percent(value: Any) -> str:
        """A share as whole per cent: 0.153 as 15%."""
        return f"{before}{separated(f'{_per_cent(value):,}')}{after}"

    return percent


def _plural(locale: str, num: Callable[[Any], str]) -> Callable[..., str]:
    form = counting(locale).form

    @lru_cache(maxsize=4096)  # few numbers are counted, and most of them often
    def counted(value: int, *forms: str) -> str:
        return f"{num(value)}{NBSP}{form(value, forms)}"

    def plural(value: Any, *forms: str) -> str:
        """The number with its word: 1 order, 2 orders; languages with one form give one word: 3 ครั้ง."""
        if type(value) is int:
            return counted(value, *forms)
        return f"{num(value)}{NBSP}{form(number(value), forms)}"

    return plural


def share_of(value: Any) -> int:
    """A share as whole per cent from 0 to 100, for the width of a bar."""
    return min(max(_per_cent(value), 0), 100)


def bar(value: Any) -> str:
    """A share as ten blocks, for the text part."""
    full = share_of(value) // 10
    return "█" * full + "░" * (10 - full)


def units(locale: str, words: MailWords, unit: str) -> Callable[[Any], str]:
    """The programme's unit after a number: point or points, แต้ม."""
    form, ending = counting(locale).form, words.plural_ending
    forms = words.units.get(unit) or (unit, unit if not unit or unit.endswith(ending) else unit + ending)
    return lambda value: form(number(value), forms)


def pictures(images: Mapping[str, Image]) -> Callable[[str, str], str | int]:
    """What is told of a picture of brand.yaml: its url, and the width and height it is shown in."""
    shown = {name: _shown(image) for name, image in images.items()}
    return lambda name, what: shown[name][what]


def _shown(image: Image) -> dict[str, str | int]:
    width = min(image.width, WIDEST)
    return {"url": image.url, "width": width, "height": max(round(image.height * width / image.width), 1)}


def _per_cent(value: Any) -> int:
    """A share in whole per cent, exact: where a float is near a half, by its decimals."""
    if type(value) is float and 0 <= value < _MANY:
        whole, rest = divmod(value * 100, 1)
        if abs(rest - 0.5) > _NEAR:
            return int(whole) + (rest > 0.5)
    return int(_rounded(number(value) * 100, 0))


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(_STEPS[places], rounding=ROUND_HALF_UP)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unprintable(EMPTY if value is None else "is no text")
    return clean(str(value))


def _level(titles: Mapping[str, str]) -> Callable[[Any], str]:
    def level(value: Any) -> str:
        """A tier's title, by its id."""
        id_ = _text(value)
        return titles[id_] if id_ in titles else id_.replace("_", " ").title()

    return level


def _greet(words: MailWords) -> Callable[[Any], str]:
    @lru_cache(maxsize=4096)  # given names repeat themselves
    def greeting(first_name: str) -> str:
        name = _TITLE.sub("", " ".join(clean(first_name).split()))
        if not any(map(str.isalnum, name)) or len(name) > _LONGEST_NAME:
            return words.greet_unknown
        form = (words.greet_latin if _LATIN.match(name) else None) or words.greet
        return form.replace("{name}", name)

    def greet(customer: Any) -> str:
        """คุณ + given name, Hi + given name, or the greeting for someone whose name is unknown."""
        return greeting(customer.get("first_name") or "")

    return greet


def _date(words: MailWords) -> Callable[..., str]:
    shape = words.date.replace(" ", NBSP)

    @lru_cache(maxsize=4096)
    def written(day: dt.date, form: str) -> str:
        month = (words.months_short if form == "short" else words.months)[day.month - 1]
        return shape.format(day=day.day, month=month, year=day.year + words.years_ahead)

    def date(value: Any, form: str = "long") -> str:
        """A day in full; `"short"` shortens the month."""
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise Unprintable(EMPTY if value is None else "is no date")
        return written(value, form)

    return date


def _symbol(locale: str, currency: str) -> str:
    try:
        return "฿" if currency == "THB" else get_currency_symbol(currency, Locale.parse(locale, sep="-"))
    except (UnknownLocaleError, ValueError):
        return currency


def _money(locale: str, words: MailWords, currency: str) -> Callable[[Any], str]:
    places, separated = get_currency_precision(currency), _separated(words)
    form = words.money.get(currency, "{sign}" + _symbol(locale, currency) + "{amount}").replace(" ", NBSP)

    def money(value: Any) -> str:
        """An amount in the shop's currency, rounded here and only here; whole amounts without decimals."""
        exact = _rounded(number(value), places)
        whole = int(exact)
        amount = separated(f"{abs(whole):,}" if whole == exact else f"{abs(exact):,f}")
        return form.replace("{sign}", "-" if exact < 0 else "").replace("{amount}", amount)

    return money
