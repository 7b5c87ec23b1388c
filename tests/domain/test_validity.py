"""From when to when a grant can be used: by its own time, or around a birthday."""

import datetime as dt

import pytest

from pakdee.domain.program import Grant
from pakdee.domain.validity import Nearest, Use, date_counters, nearest, use_of

D = dt.date
DAY = D(2026, 6, 15)
WEEK = {"before": "7 days", "after": "7 days"}
TWO_MONTHS = {"before": "2 months", "after": "1 day"}


def grant(window=None, when="birthday"):
    """A gift that is valid for 30 days, or in its window."""
    return Grant.model_validate(
        {"id": "cake", "when": when, "kind": "product", "title": {"en": "Cake"}, "valid": "30 days"}
        | {"window": window}
    )


@pytest.mark.parametrize(
    ("window", "around", "use"),
    [
        (None, (358, 7), Use(None, D(2026, 7, 15))),
        (WEEK, None, Use(None, D(2026, 7, 15))),  # nobody knows the birthday
        (WEEK, (355, 10), Use(D(2026, 6, 18), D(2026, 7, 2))),
        (WEEK, (358, 7), Use(None, D(2026, 6, 29))),  # from today on
        (WEEK, (0, 0), Use(None, D(2026, 6, 22))),
        (WEEK, (1, 364), Use(None, D(2026, 6, 21))),  # it was yesterday
        (WEEK, (7, 358), Use(None, D(2026, 6, 15))),  # today for the last time
        (WEEK, (8, 357), Use(D(2027, 5, 31), D(2027, 6, 14))),  # a week and a day ago: the next one is meant
        ({"after": "1 month"}, (363, 2), Use(D(2026, 6, 17), D(2026, 7, 17))),
        ({"before": "1 month"}, (363, 2), Use(None, D(2026, 6, 17))),
    ],
)
def test_days_on_which_it_can_be_used(window, around, use):
    """First and last day are both of them; without one of the two lengths it is the birthday itself."""
    assert use_of(grant(window), DAY, around and Nearest(*around)) == use


@pytest.mark.parametrize(
    ("window", "day", "last", "following", "use"),
    [
        # Born on 29 February, with leap_birthday = "02-28".
        (WEEK, D(2028, 3, 7), D(2028, 2, 29), D(2029, 2, 28), Use(None, D(2028, 3, 7))),
        (WEEK, D(2028, 3, 8), D(2028, 2, 29), D(2029, 2, 28), Use(D(2029, 2, 21), D(2029, 3, 7))),
        (WEEK, D(2027, 3, 7), D(2027, 2, 28), D(2028, 2, 29), Use(None, D(2027, 3, 7))),
        (WEEK, D(2027, 3, 8), D(2027, 2, 28), D(2028, 2, 29), Use(D(2028, 2, 22), D(2028, 3, 7))),
        # The same with "03-01".
        (WEEK, D(2028, 3, 7), D(2028, 2, 29), D(2029, 3, 1), Use(None, D(2028, 3, 7))),
        (WEEK, D(2028, 3, 8), D(2028, 2, 29), D(2029, 3, 1), Use(D(2029, 2, 22), D(2029, 3, 8))),
        (WEEK, D(2027, 3, 8), D(2027, 3, 1), D(2028, 2, 29), Use(None, D(2027, 3, 8))),
        (WEEK, D(2026, 3, 8), D(2026, 3, 1), D(2027, 3, 1), Use(None, D(2026, 3, 8))),
        # Windows across New Year.
        (WEEK, D(2026, 12, 28), D(2026, 1, 1), D(2027, 1, 1), Use(None, D(2027, 1, 8))),
        (WEEK, D(2027, 1, 4), D(2026, 12, 28), D(2027, 12, 28), Use(None, D(2027, 1, 4))),
        (WEEK, D(2027, 1, 5), D(2026, 12, 28), D(2027, 12, 28), Use(D(2027, 12, 21), D(2028, 1, 4))),
        (TWO_MONTHS, D(2028, 1, 10), D(2027, 2, 28), D(2028, 2, 29), Use(None, D(2028, 3, 1))),
        (TWO_MONTHS, D(2028, 12, 20), D(2028, 2, 29), D(2029, 3, 1), Use(D(2029, 1, 1), D(2029, 3, 2))),
    ],
)
def test_birthdays_of_29_february_and_new_year(window, day, last, following, use):
    """Around the day on which the birthday was or will be, whatever day of the year that is."""
    assert use_of(grant(window), day, Nearest((day - last).days, (following - day).days)) == use


def test_what_counts_the_days():
    """Birthdays and anniversaries each have features of their own; without a window no date matters."""
    assert date_counters(grant(WEEK)) == ("days_since_birthday", "days_to_birthday")
    anniversary = ("days_since_join_anniversary", "days_to_join_anniversary")
    assert date_counters(grant(WEEK, "anniversary")) == anniversary
    assert date_counters(grant()) is None
    assert nearest(0, 0) == Nearest(0, 0)
    assert nearest(None, 3) is nearest(3, None) is None
