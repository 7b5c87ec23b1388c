"""From when to when a grant can be used that a campaign gives on a day. Pure."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from pakdee.domain.program import Grant
from pakdee.domain.spans import Span

_DATES = {"birthday": "days_to_birthday", "anniversary": "days_to_join_anniversary"}
_YEAR = Span(months=12)


class Use(NamedTuple):
    """First and last day; `starts_on` is None where it can be used at once."""

    starts_on: dt.date | None
    expires_on: dt.date


def date_counter(grant: Grant) -> str | None:
    """The feature that counts the days to the date around which a grant can be used, if there is one."""
    return _DATES[grant.when] if grant.window else None


def use_of(grant: Grant, day: dt.date, days_to: int | None = None) -> Use:
    """When a grant given on `day` can be used.

    Args:
        days_to: to the next birthday or anniversary, as `date_counter` counts; None where nobody knows it,
            and then the grant's `valid` counts from `day`.
    """
    if grant.window is None or days_to is None:
        return Use(None, grant.valid.after(day))
    coming = day + dt.timedelta(days=days_to)
    opens, closes = _around(grant, _YEAR.before(coming))
    if closes < day:
        opens, closes = _around(grant, coming)
    return Use(opens if opens > day else None, closes)


def _around(grant: Grant, date: dt.date) -> tuple[dt.date, dt.date]:
    window = grant.window
    before, after = (window.before, window.after) if window else (None, None)
    return before.before(date) if before else date, after.after(date) if after else date
