"""The occasions that features beside orders tell: milestones, surveys, tickets."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from pakdee.domain.occasion import occasion_features, occasions, told_before
from pakdee.domain.vocabulary import OncePer

DAY = dt.date(2026, 6, 15)


def _of(once_per: str, day: dt.date = DAY, **columns: list[object]) -> list[object]:
    """The occasions of customers, None where there is none."""
    found = occasions(OncePer(once_per), pd.DataFrame(columns, dtype="object"), day)
    return [word if isinstance(word, str) else None for word in found]


@pytest.mark.parametrize(
    ("once_per", "counter"),
    [("survey", "days_since_answered_question"), ("ticket", "days_since_ticket_closed")],
)
def test_an_occasion_is_named_by_its_day(once_per: str, counter: str) -> None:
    """The same answer or ticket is the same occasion on every later day, a newer one is another."""
    assert occasion_features(OncePer(once_per)) == {counter}
    assert _of(once_per, **{counter: [1, 40, None]}) == ["2026-06-14", "2026-05-06", None]
    assert _of(once_per, DAY + dt.timedelta(days=3), **{counter: [4]}) == ["2026-06-14"]


def test_a_milestone_is_named_by_its_grant_and_day() -> None:
    """Two milestones within two days are two occasions, and one of which either is unknown is none."""
    told = _of(
        "milestone",
        days_since_milestone=[1, 1, 2, None, 1],
        last_milestone=["ten_walks", "hundred_km", "ten_walks", "ten_walks", None],
    )

    assert occasion_features(OncePer.MILESTONE) == {"days_since_milestone", "last_milestone"}
    assert told == ["ten_walks 2026-06-14", "hundred_km 2026-06-14", "ten_walks 2026-06-13", None, None]


def test_nobody_at_all_is_no_slip() -> None:
    """A shard in which nobody reached a milestone has columns without any value."""
    assert _of("milestone", days_since_milestone=[None, None], last_milestone=[None, None]) == [None, None]


def test_no_wish_is_told_of_twice() -> None:
    """Ann heard of tea and cup; the pot is news, and so is tea for who asked for it anew. Ben heard in parts."""
    column = ["cup@2026-05-01 tea@2026-05-02", "pot@2026-06-01 tea@2026-05-02", "tea@2026-06-10", None]
    people = pd.DataFrame({"wishes_told": [*column, "cup@2026-05-01 tea@2026-05-02"]}, dtype="object")
    found = occasions(OncePer.WISH, people, DAY)
    own = pd.DataFrame(
        [
            *((place, "cup@2026-05-01 tea@2026-05-02") for place in (0, 1, 2, 3)),
            (4, "cup@2026-05-01"),
            (4, "tea@2026-05-02"),
        ],
        columns=["place", "occasion"],
    )

    assert occasion_features(OncePer.WISH) == {"wishes_told"}
    assert _of("wish", wishes_told=column[2:]) == ["tea@2026-06-10", None]
    assert told_before(own, np.arange(5), found).tolist() == [True, False, False, False, True]
    assert not told_before(own.iloc[:0], np.arange(5), found).any()
