"""Segments of the starter project that lean on each other do so by arithmetic, not by luck."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import duckdb
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
