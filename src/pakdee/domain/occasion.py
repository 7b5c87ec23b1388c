"""The occasion of a message: the value that `once_per` counts, so that a rerun finds it already sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd

from pakdee.domain.vocabulary import OncePer

_COUNTERS = {  # occasion: (day counter, +1 if it counts towards the occasion, -1 if it counts since)
    OncePer.BIRTHDAY: ("days_to_birthday", 1),
    OncePer.JOIN_ANNIVERSARY: ("days_to_join_anniversary", 1),
    OncePer.FIRST_ORDER: ("days_since_first_purchase", -1),
    OncePer.ORDER: ("days_since_last_purchase", -1),
    OncePer.LAPSE: ("days_since_last_purchase", -1),
    OncePer.TIER_CHANGE: ("days_since_tier_change", -1),
    OncePer.TIER_TERM: ("days_to_tier_end", 1),
    OncePer.MILESTONE: ("days_since_milestone", -1),
    OncePer.SURVEY: ("days_since_answered_question", -1),
    OncePer.TICKET: ("days_since_ticket_closed", -1),
}
_NAMES = {OncePer.MILESTONE: "last_milestone"}
"""What tells occasions of one kind apart besides their day."""
_TEXTS = {OncePer.WISH: "wishes_told"}
"""Features that are the occasion."""
_BY_YEAR = {OncePer.BIRTHDAY, OncePer.JOIN_ANNIVERSARY}
_CALENDAR: dict[OncePer, Callable[[dt.date], str]] = {
    OncePer.DAY: dt.date.isoformat,
    OncePer.WEEK: lambda day: "{}-W{:02}".format(*day.isocalendar()[:2]),
    OncePer.MONTH: lambda day: f"{day:%Y-%m}",
    OncePer.QUARTER: lambda day: f"{day.year}-Q{(day.month + 2) // 3}",
    OncePer.YEAR: lambda day: f"{day.year}",
    OncePer.EVER: lambda _: "ever",
}


def occasion_features(once_per: OncePer) -> frozenset[str]:
    """Features that `once_per` reads; empty for calendar periods."""
    if once_per in _TEXTS:
        return frozenset({_TEXTS[once_per]})
    if once_per not in _COUNTERS:
        return frozenset()
    return frozenset({_COUNTERS[once_per][0], _NAMES.get(once_per, _COUNTERS[once_per][0])})


def occasions(once_per: OncePer, customers: pd.DataFrame, day: dt.date) -> pd.Categorical[str]:
    """The occasion of each customer as text, missing where there is none, in the order of `customers`.

    A birthday mailed a week ahead belongs to the year in which the birthday falls: its occasion is
    that year, so that 28 December and 2 January agree about a birthday on 3 January. A survey is the
    day on which was asked, so that a second answer to the same question is no second occasion. An
    occasion of wishes holds all that one mail tells of; see `told_before`.
    """
    if once_per in _TEXTS:
        told, words = pd.factorize(customers[_TEXTS[once_per]].astype("object"))
        return _told(told, list(words))
    if once_per in _CALENDAR:
        return _told(np.zeros(len(customers), dtype=int), [_CALENDAR[once_per](day)])
    found = _by_day(once_per, customers, day)
    return _named(customers[_NAMES[once_per]], found) if once_per in _NAMES else found


def told_before(own: pd.DataFrame, places: np.ndarray, found: pd.Categorical[str]) -> np.ndarray:
    """Who was told before of every wish that `found` holds, be it in several mails.

    Args:
        own: former messages of the campaign, `place` and `occasion`.
        places: of the customers whose occasions `found` are.
    """
    told: dict[int, set[str]] = {}
    for place, occasion in zip(own["place"].tolist(), own["occasion"], strict=True):
        told.setdefault(place, set()).update(occasion.split())
    result = np.zeros(len(places), dtype=bool)
    for number in np.flatnonzero(np.isin(places, list(told)) & (found.codes >= 0)).tolist():
        result[number] = told[int(places[number])].issuperset(str(found[number]).split())
    return result


def _by_day(once_per: OncePer, customers: pd.DataFrame, day: dt.date) -> pd.Categorical[str]:
    column, direction = _COUNTERS[once_per]
    counts = pd.to_numeric(customers[column], errors="coerce")
    # Few days stand for many customers, so words are made once for each day.
    counted, days = pd.factorize(counts)
    dates = [day + dt.timedelta(days=int(n) * direction) for n in days]
    texts = [f"{date.year:04}" if once_per in _BY_YEAR else date.isoformat() for date in dates]
    told, words = pd.factorize(np.array([*texts, None], dtype="object"))
    return _told(told[counted], words.tolist())  # -1, the last of `told`, is missing


def _named(names: pd.Series[str], days: pd.Categorical[str]) -> pd.Categorical[str]:
    """Name and day of each, such as "ten_walks 2026-06-14"; missing where either is."""
    texts = names.astype("object").str.cat(np.asarray(days, dtype="object"), sep=" ")
    told, words = pd.factorize(texts)
    return _told(told, list(words))


def _told(codes: np.ndarray, words: list[str]) -> pd.Categorical[str]:
    found: pd.Categorical[str] = pd.Categorical.from_codes(codes, pd.Index(words, dtype="object"))
    return found
