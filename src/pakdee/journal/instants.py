"""Instants and days as the journal stores them: exact, and sorted alike by both databases."""

from __future__ import annotations

import datetime as dt

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def stored(instant: dt.datetime) -> int:
    """Whole microseconds since 1970 in UTC. Raises TypeError for a time without a zone."""
    return (instant - _EPOCH) // _MICROSECOND


def stored_or_none(instant: dt.datetime | None) -> int | None:
    """The same where there may be none."""
    return None if instant is None else stored(instant)


def told(microseconds: int) -> dt.datetime:
    """The instant back, in UTC."""
    return _EPOCH + microseconds * _MICROSECOND


def told_or_none(microseconds: int | None) -> dt.datetime | None:
    """The same where there may be none."""
    return None if microseconds is None else told(microseconds)


def length(duration: dt.timedelta) -> int:
    """Whole microseconds of a duration."""
    return duration // _MICROSECOND


LONGEST = dt.timedelta(hours=1)
"""The longest lease, and the longest time the provider's wish to wait is heeded at a stretch."""

BEYOND = length(LONGEST + dt.timedelta(minutes=5))
"""What lies further ahead than this was written by a clock that has since been put back, and binds nobody."""
