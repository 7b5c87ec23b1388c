"""Segments of the starter project that lean on each other do so by arithmetic, not by luck."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from sample_catalogue import starter_loaded

SERIES = ("quiet_regulars", "quieter_regulars", "parting_regulars")
"""Those of the three win-back mails, in order."""
APART = 30


def days_in(project: Path, segment: str) -> dict[int, tuple[int, int]]:
    """First and last day of a silence on which customers are in a segment, by their usual days between orders."""
    condition = starter_loaded(project).conditions[f"segment:{segment}"].sql
    grid = """
        SELECT gap, days AS days_since_last_purchase, days / gap AS overdue_ratio, 2 AS order_count, 1 AS net_spend
        FROM range(1, 400) AS gaps(gap), range(1, 500) AS silences(days)
    """
    rows = duckdb.sql(f"SELECT gap, min(days_since_last_purchase), max(days_since_last_purchase) "
                      f"FROM ({grid}) WHERE {condition} GROUP BY gap").fetchall()  # fmt: skip
    return {gap: (first, last) for gap, first, last in rows}


def test_each_win_back_mail_comes_a_month_after_the_one_before(starter: Path) -> None:
    """Whoever may get a step was in the segment of the step before, and left it more than thirty days ago."""
    for earlier, later in pairwise(SERIES):
        before, after = days_in(starter, earlier), days_in(starter, later)

        assert after
        assert all(gap in before for gap in after)
        assert all(after[gap][0] - before[gap][1] > APART for gap in after)


@pytest.mark.parametrize(
    ("campaign", "counter", "others"),
    [
        ("tier_at_risk", "days_to_tier_end", "true AS is_member, 1 AS to_keep_tier"),
        ("points_expiring", "days_to_next_expiry", "100 AS points_expiring_30d"),
    ],
)
def test_what_ends_is_told_of_twice_and_no_more(
    starter: Path, campaign: str, counter: str, others: str
) -> None:
    """By the segment's spans and the campaign's pause alone, whichever day somebody comes into the segment."""
    project = starter_loaded(starter)
    found = project.campaigns[campaign]
    condition = project.conditions[f"segment:{found.segment}"]
    grid = f"SELECT {others}, left_over AS {counter} FROM range(0, 91) AS days(left_over)"
    rows = duckdb.sql(f"SELECT {counter} FROM ({grid}) WHERE {condition.sql}").fetchall()
    days = sorted((row[0] for row in rows), reverse=True)
    assert found.at_most is not None
    assert found.at_most.times == 1

    for first in days:
        told = [first]
        for day in days[days.index(first) + 1 :]:
            if told[-1] - day >= found.at_most.window.days:
                told.append(day)
        assert len(told) <= 2, (first, told)
    assert days[0] - days[-1] > found.at_most.window.days, "there is room for the second"


def test_nobody_gets_the_birthday_gift_and_that_of_the_half_birthday_within_a_month(starter: Path) -> None:
    """A birthday told lately brings neither, so the two days lie half a year apart, whichever they are."""
    project = starter_loaded(starter)
    others = "false AS is_birthday_new, false AS is_minor, 40 AS days_since_last_purchase"
    grid = f"""
        SELECT {others}, days AS days_to_birthday, (days + half) % 365 AS days_to_half_birthday
        FROM range(0, 366) AS d(days), range(181, 185) AS h(half)
    """
    whole, half = (
        project.conditions[f"segment:{name}_this_week"].sql for name in ("birthday", "half_birthday")
    )
    is_near = f"(({whole}) OR days_to_birthday <= 37 OR days_to_birthday >= 335)"
    near = duckdb.sql(f"SELECT days_to_birthday FROM ({grid}) WHERE {half} AND {is_near}").fetchall()
    assert near == []
