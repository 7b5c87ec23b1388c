"""Calendar periods in which no more than so much is given."""

from __future__ import annotations

import datetime as dt

from pakdee.domain.program import Cap
from pakdee.domain.spans import Span

_FIRST_MONDAY = dt.date(1970, 1, 5)


def period_of(day: dt.date, per: Span | str) -> int:
    """The number of a day's period: months from January of year 0, days from Monday 5 January 1970."""
    if not isinstance(per, Span):
        return 0
    if per.months:
        return (day.year * 12 + day.month - 1) // per.months
    return (day - _FIRST_MONDAY).days // per.days


class Tally:
    """What was given already, by name and period."""

    def __init__(self) -> None:
        self._times: dict[tuple[str, int], int] = {}
        self._units: dict[tuple[str, int], int] = {}

    def allowed(self, name: str, cap: Cap | None, day: dt.date, units: int) -> int:
        """How many of `units` may be given on a day; what is more is cut off."""
        if cap is None:
            return units
        key = name, period_of(day, cap.per)
        if cap.units is not None:
            return min(units, cap.units - self._units.get(key, 0))
        return units if self._times.get(key, 0) < (cap.times or 0) else 0

    def count(self, name: str, cap: Cap | None, day: dt.date, units: int) -> None:
        """Remember what was given."""
        if cap is not None:
            key = name, period_of(day, cap.per)
            self._times[key] = self._times.get(key, 0) + 1
            self._units[key] = self._units.get(key, 0) + units
