"""From when to when a grant can be used: by its own time, or around a birthday."""

import datetime as dt

import pytest

from pakdee.domain.program import Grant
from pakdee.domain.validity import Use, date_counter, use_of

D = dt.date
DAY = D(2026, 6, 15)
WEEK = {"before": "7 days", "after": "7 days"}


def grant(window=None, when="birthday"):
    """A gift that is valid for 30 days, or in its window."""
    return Grant.model_validate(
        {"id": "cake", "when": when, "kind": "product", "title": {"en": "Cake"}, "valid": "30 days"}
        | {"window": window}
    )


@pytest.mark.parametrize(
    ("window", "days_to", "use"),
    [
        (None, 7, Use(None, D(2026, 7, 15))),
        (WEEK, None, Use(None, D(2026, 7, 15))),  # nobody knows the birthday
        (WEEK, 10, Use(D(2026, 6, 18), D(2026, 7, 2))),
        (WEEK, 7, Use(None, D(2026, 6, 29))),  # from today on
        (WEEK, 0, Use(None, D(2026, 6, 22))),
        (WEEK, 364, Use(None, D(2026, 6, 21))),  # it was yesterday
        (WEEK, 358, Use(None, D(2026, 6, 15))),  # today for the last time
        (WEEK, 357, Use(D(2027, 5, 31), D(2027, 6, 14))),  # a week and a day ago: the next one is meant
        ({"after": "1 month"}, 2, Use(D(2026, 6, 17), D(2026, 7, 17))),
        ({"before": "1 month"}, 2, Use(None, D(2026, 6, 17))),
    ],
)
def test_days_on_which_it_can_be_used(window, days_to, use):
    """First and last day are both of them; without one of the two lengths it is the birthday itself."""
    assert use_of(grant(window), DAY, days_to) == use


def test_what_counts_the_days():
    """Birthdays and anniversaries each have their own feature; without a window no date matters."""
    assert date_counter(grant(WEEK)) == "days_to_birthday"
    assert date_counter(grant(WEEK, "anniversary")) == "days_to_join_anniversary"
    assert date_counter(grant()) is None
