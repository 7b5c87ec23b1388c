"""How amounts, times and lists are said in one language, and the sentences of its file."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pakdee.domain.program import Unit
from pakdee.domain.spans import Span
from pakdee.domain.units import Money, Words
from pakdee.saying.telling import ENGLISH

_CENT = Decimal("0.01")
_THAI_MEETS_OTHERS = re.compile(r"(?<=[ก-๛])(?=[\dA-Za-z“])|(?<=[\dA-Za-z”%])(?=[ก-๛])")
_MONTHS_OF_A_YEAR, _DAYS_OF_A_WEEK = 12, 7


@dataclass(frozen=True)
class Teller:
    """Says a programme's things in `language`; English where that has no sentences."""

    language: str
    unit: Unit

    def say(self, group: str, key: str, **values: object) -> str:
        """The sentence `key` of `group` with its values; Thai stands apart from numbers and Latin names."""
        said = str(_sentences(self.language)[group][key]).format(**values)
        return _THAI_MEETS_OTHERS.sub(" ", said)

    @property
    def _form(self) -> dict[str, Any]:
        form: dict[str, Any] = _sentences(self.language)["form"]
        return form

    def words(self, words: Words) -> str:
        """A text of the file."""
        return words.in_language(self.language)

    @property
    def one_unit(self) -> str:
        """The unit's name for one of them: point."""
        return self.words(self.unit.name)

    @property
    def units(self) -> str:
        """Its name for many: points."""
        return str(self._form["units"]).format(unit=self.one_unit)

    def count(self, number: Decimal | int) -> str:
        """So many units: 12 points."""
        form = "one" if number == 1 else "many"
        return str(self._form[form]).format(number=plain(number), unit=self.one_unit)

    def money(self, money: Money) -> str:
        """An amount: 1,000 THB."""
        form = self._form["amounts"].get(money.currency, self._form["amount"])
        whole = money.amount == money.amount.to_integral_value()
        number = plain(money.amount) if whole else f"{money.amount.quantize(_CENT):,}"
        return str(form).format(number=number, currency=money.currency)

    def span(self, span: Span) -> str:
        """A length of time: 12 months."""
        count, unit = _counted(span)
        return str(self._form["span"][unit if count == 1 else f"{unit}s"]).format(n=count)

    def day(self, day: dt.date) -> str:
        """A day: 15 March 2026."""
        form = self._form
        return str(form["day"]).format(
            day=day.day, month=form["months"][day.month - 1], year=day.year + form["years_ahead"]
        )

    def day_of_year(self, text: str) -> str:
        """A day of every year: 03-15 is 15 March."""
        month, day = map(int, text.split("-"))
        return str(self._form["day_of_year"]).format(day=day, month=self._form["months"][month - 1])

    def period(self, per: Span | Literal["ever"]) -> str:
        """A period: in each calendar year."""
        return self._calendar("period", per) if isinstance(per, Span) else self.say("period", "ever")

    def first_days(self, every: Span) -> str:
        """The first days of periods: on 1 January of each year."""
        return self._calendar("first_days", every)

    def _calendar(self, group: str, per: Span) -> str:
        count, unit = _counted(per)
        if unit == "day" and count == _DAYS_OF_A_WEEK:
            return self.say(group, "week")
        many = count > 1 or unit == "day"
        return self.say(group, f"{unit}s" if many else unit, n=count)

    def share(self, share: float) -> str:
        """A share: 80%."""
        return f"{share * 100:g}%"

    def listed(self, things: Sequence[str], last: Literal["and", "or"] = "and") -> str:
        """Things one after the other: a, b and c."""
        *first, end = things
        return f"{', '.join(first)}{self._form[last]}{end}" if first else end


def plain(number: Decimal | int) -> str:
    """A number without needless zeros, in groups of three digits."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _counted(span: Span) -> tuple[int, str]:
    if span.months and span.months % _MONTHS_OF_A_YEAR == 0:
        return span.months // _MONTHS_OF_A_YEAR, "year"
    return (span.months, "month") if span.months else (span.days, "day")


@cache
def _sentences(language: str) -> dict[str, dict[str, Any]]:
    folder = files("pakdee.saying.programme")
    known = {entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")}
    name = language if language in known else ENGLISH
    return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
