"""Lengths of time by the calendar: `30 days`, `12 months`, `1 year`; a year is not 365 days."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator

_SPAN = re.compile(r"^(\d+) (day|week|month|year)s?$")
_ISO = re.compile(r"^[+-]?P(\d+)([DWMY])$", re.IGNORECASE)
_ISO_UNITS = {"D": "day", "W": "week", "M": "month", "Y": "year"}
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}
MOST_MONTHS, MOST_DAYS = 1200, 36_525


@dataclass(frozen=True)
class Span:
    """Whole months, or whole days; one of the two is 0."""

    months: int = 0
    days: int = 0

    def after(self, day: dt.date) -> dt.date:
        """The day this long after `day`; the 31st becomes the last day of a shorter month."""
        place = day.month - 1 + self.months
        year, month = day.year + place // 12, place % 12 + 1
        last = calendar.monthrange(year, month)[1]
        return dt.date(year, month, min(day.day, last)) + dt.timedelta(days=self.days)

    def before(self, day: dt.date) -> dt.date:
        """The day this long before `day`, by the same rule."""
        return Span(-self.months, -self.days).after(day)

    @property
    def sql(self) -> str:
        """The same length as an interval of DuckDB."""
        return f"INTERVAL '{self.months} months {self.days} days'"

    def __str__(self) -> str:
        """As a marketer writes it."""
        if self.months and self.months % 12 == 0:
            return _counted(self.months // 12, "year")
        return _counted(self.months, "month") if self.months else _counted(self.days, "day")


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'s' * (count != 1)}"


def parse_span(text: object) -> Span:
    """`30 days`, `2 weeks`, `12 months` or `1 year` as a Span. Raises ValueError with an example."""
    if isinstance(text, Span):
        return text
    found = _SPAN.match(str(text).strip())
    if not found:
        raise ValueError(
            _other_notation(text)
            or f"{text!r} is not a length of time; write for example '30 days' or '12 months'"
        )
    count, unit = int(found[1]), found[2]
    span = Span(count * _MONTHS[unit]) if unit in _MONTHS else Span(days=count * _DAYS[unit])
    if not span.months and not span.days:
        raise ValueError(f"{text!r} is no time at all; write a longer time, or leave it out")
    if span.months > MOST_MONTHS or span.days > MOST_DAYS:
        raise ValueError(f"{text!r} is longer than a hundred years; write a shorter time")
    return span


def _other_notation(text: object) -> str | None:
    """What to say of P12M and the like, which other programs write."""
    found = _ISO.match(str(text).strip())
    if not found:
        return None
    length = _counted(int(found[1]), _ISO_UNITS[found[2].upper()])
    return f"{text!r} is not written as a length of time; write '{length}'"


def span_or(*words: str) -> Callable[[object], Span | str]:
    """Reads a length of time, or one of `words`, as a ValueError says where it is neither."""
    allowed = " or ".join(f"'{word}'" for word in words)

    def parse(text: object) -> Span | str:
        if isinstance(text, str) and text in words:
            return text
        if isinstance(text, Span) or _SPAN.match(str(text).strip()):
            return parse_span(text)
        raise ValueError(
            _other_notation(text)
            or f"{text!r} is not a length of time; write for example '12 months', or {allowed}"
        )

    return parse


Length = Annotated[Span, BeforeValidator(parse_span)]
