"""Which subject leads: by clicks of people, and only where chance does not explain it."""

from dataclasses import fields

import numpy as np
import pytest

from pakdee.domain.measures import EngagementCounts
from pakdee.metrics.intervals import difference
from pakdee.metrics.subjects import lead

NOTHING = {field.name: 0 for field in fields(EngagementCounts)}


def counts(**variants):
    """(clicks, delivered) by variant."""
    return {
        name: EngagementCounts(**NOTHING | {"human_clicks": clicks, "delivered": delivered, "human_opens": 9})
        for name, (clicks, delivered) in variants.items()
    }


def test_the_worked_example():
    """120 of 1,000 against 80 of 1,000: 4.0 points ahead, 1.4 to 6.6."""
    found = lead(counts(plain=(80, 1_000), warm=(120, 1_000)))

    assert found is not None
    assert found.variant == "warm"
    assert (found.points, found.low, found.high) == pytest.approx((4.0, 1.37, 6.64), abs=0.02)


@pytest.mark.parametrize(
    "few",
    [
        {"plain": (4, 100), "warm": (4, 100)},
        {"plain": (0, 10), "warm": (4, 10)},
        {"plain": (80, 1_000), "warm": (95, 1_000)},
        {"plain": (80, 1_000), "warm": (0, 0)},
        {"plain": (80, 1_000)},
        {},
        {"plain": (0, 0), "warm": (0, 0)},
        {"a": (80, 1_000), "b": (120, 1_000), "c": (118, 1_000)},
    ],
)
def test_too_few_to_tell(few):
    """Equal, a handful of clicks, a difference of chance, one not delivered yet, and two that lead together."""
    assert lead(counts(**few)) is None


def test_several_comparisons_are_held_to_a_stricter_bound():
    """What decides between two does not decide among four."""
    assert (
        difference((110, 1_000), (80, 1_000))[0] > 0 > difference((110, 1_000), (80, 1_000), comparisons=3)[0]
    )
    assert lead(counts(a=(80, 1_000), b=(110, 1_000))) is not None
    assert lead(counts(a=(80, 1_000), b=(110, 1_000), c=(80, 1_000), d=(80, 1_000))) is None


@pytest.mark.parametrize("variants", [2, 4])
def test_chance_alone_seldom_finds_a_leader(variants):
    """Of 2,000 tests of subjects that are all alike at most 6 % find one."""
    draws = np.random.default_rng(7).binomial(800, 0.05, size=(2_000, variants)).tolist()
    names = "abcd"[:variants]
    found = sum(
        lead(counts(**{n: (k, 800) for n, k in zip(names, row, strict=True)})) is not None for row in draws
    )
    assert found < 120
