"""From when to when a grant can be used that a campaign gives on a day. Pure."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from pakdee.domain.program import Grant

_COUNTERS = {
    "birthday": ("days_since_birthday", "days_to_birthday"),
    "anniversary": ("days_since_join_anniversary", "days_to_join_anniversary"),
}


class Use(NamedTuple):
    """First and last day; `starts_on` is None where it can be used at once."""

    starts_on: dt.date | None
    expires_on: dt.date


class Nearest(NamedTuple):
    """Days since the last birthday or anniversary, and to the next; both are 0 on the day itself.

    One does not follow from the other: who was born on 29 February has birthdays on two days of the year.
    """

    since: int
    to: int


def date_counters(grant: Grant) -> tuple[str, str] | None:
    """The features that are the two of `Nearest` for a grant that is used around a date; else None."""
    return _COUNTERS[grant.when] if grant.window else None


def nearest(since: int | None, to: int | None) -> Nearest | None:
    """What two features tell; None where nobody knows the date."""
    return None if since is None or to is None else Nearest(since, to)


def use_of(grant: Grant, day: dt.date, around: Nearest | None = None) -> Use:
    """When a grant given on `day` can be used.

    Args:
        around: how far the date is on which `window` hangs; None where nobody knows it, and then the
            grant's `valid` counts from `day`.
    """
    if grant.window is None or around is None:
        return Use(None, grant.valid.after(day))
    opens, closes = _around(grant, day - dt.timedelta(days=around.since))
    if closes < day:
        opens, closes = _around(grant, day + dt.timedelta(days=around.to))
    return Use(opens if opens > day else None, closes)


def _around(grant: Grant, date: dt.date) -> tuple[dt.date, dt.date]:
    window = grant.window
    before, after = (window.before, window.after) if window else (None, None)
    return before.before(date) if before else date, after.after(date) if after else date
