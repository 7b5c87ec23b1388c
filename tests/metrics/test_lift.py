"""What a campaign changed: the published interval, and silence where there is nothing to say."""

import pytest

from pakdee.domain.measures import GoalCounts
from pakdee.metrics import figures_as_rows, goal_figures


def figures(treated, treated_ordered, held_out, held_out_ordered):
    counts = GoalCounts(treated, treated_ordered, held_out, held_out_ordered, days=30, ended=0)
    return {figure.metric: figure for figure in goal_figures(counts)}


def test_the_worked_example():
    """540 of 9,000 against 40 of 1,000: +2.0 points, 0.5 to 3.2."""
    lift = figures(9_000, 540, 1_000, 40)["lift"]

    assert (lift.value, lift.low, lift.high) == pytest.approx((2.0, 0.52, 3.18), abs=0.02)
    assert lift.n == 10_000


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [((56, 70), (48, 80), 5.24, 33.39), ((9, 10), (3, 10), 17.05, 80.90), ((10, 10), (0, 10), 60.75, 100.0)],
)
def test_newcombes_own_table(first, second, low, high):
    """Method 10 of Newcombe (1998), table II: (a) 56/70 - 48/80, (b) 9/10 - 3/10, (h) 10/10 - 0/10."""
    lift = figures(first[1], first[0], second[1], second[0])["lift"]

    assert (lift.low, lift.high) == pytest.approx((low, high), abs=0.01)


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ((0, 0, 10, 2), "nobody was mailed"),
        ((100, 9, 0, 0), "nobody was held out"),
        ((100, 4, 10, 0), "fewer than 5 orders"),
    ],
)
def test_too_little_is_said_instead_of_guessed(counts, why):
    """No arm, or a handful of orders: no number."""
    lift = figures(*counts)["lift"]

    assert lift.value is None
    assert why in lift.why_not


def test_it_is_told_in_points_of_per_cent():
    """Not as a share: 2 % more than 4 % would be 4.08 %."""
    row = figures_as_rows([figures(9_000, 540, 1_000, 40)["lift"]])[0]

    assert (row["value"], row["interval"]) == ("+2.0 points", "+0.5 … +3.2")
