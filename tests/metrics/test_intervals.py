"""Intervals cover what they say they cover, and a stated effect can be found with the stated power."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pakdee.domain.measures import RetentionCounts
from pakdee.metrics import detectable_effect, retention
from pakdee.metrics.intervals import wilson


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(64, 200, 0.259, 0.388), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (1, 1, 0.207, 1.0)],
)
def test_wilson_agrees_with_published_values(k, n, low, high):
    """64/200 is 25.9 to 38.8 %; none of ten is still up to 27.8 %."""
    assert wilson(k, n) == pytest.approx((low, high), abs=5e-4)


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_what_is_no_share_has_no_interval(k, n):
    """Counts that cannot be are refused rather than turned into numbers."""
    with pytest.raises(ValueError, match="not a share"):
        wilson(k, n)


@given(st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_within_its_interval(pair):
    """0 ≤ low ≤ k/n ≤ high ≤ 1 for all counts."""
    k, n = pair
    low, high = wilson(k, n)

    assert 0 <= low <= k / n <= high <= 1


@pytest.mark.parametrize("share", [0.01, 0.05, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("n", [30, 200, 2000])
def test_about_95_of_100_intervals_cover_the_truth(share, n):
    """Simulated with a fixed seed; the score interval is known to wander between 92 and 99 % for small n·p."""
    draws = np.random.default_rng(20261122).binomial(n, share, 4000)
    ends = {k: wilson(int(k), n) for k in np.unique(draws)}
    covered = np.mean([ends[k][0] <= share <= ends[k][1] for k in draws])

    assert 0.92 <= covered <= 0.995


@given(
    st.integers(0, 10**6).flatmap(lambda s: st.tuples(st.just(s), st.integers(0, s), st.integers(0, 10**6)))
)
def test_churn_is_one_minus_retention(counts):
    """On the same customers, always; and both are undefined together."""
    at_start, kept, new = counts
    found = RetentionCounts(at_start, kept, kept + new)
    stayed, left = retention.retention(found).value, retention.customer_churn(found).value

    assert (stayed is None) == (left is None) == (at_start == 0)
    assert stayed is None or (stayed + left == pytest.approx(1) and 0 <= stayed <= 1)


def test_an_effect_of_the_stated_size_is_found_four_times_in_five():
    """Simulated campaigns with exactly that effect: a pooled z-test at 5 % finds about 80 % of them."""
    treated, held, base = 9000, 1000, 0.04
    rise = detectable_effect(treated, held, base) / 100
    chance = np.random.default_rng(7)
    p1 = chance.binomial(treated, base + rise, 20_000) / treated
    p0 = chance.binomial(held, base, 20_000) / held
    pooled = (p1 * treated + p0 * held) / (treated + held)
    z = (p1 - p0) / np.sqrt(pooled * (1 - pooled) * (1 / treated + 1 / held))

    assert np.mean(z > 1.96) == pytest.approx(0.80, abs=0.03)


def test_a_textbook_sample_size_comes_back():
    """356 customers per arm show a rise from 30 to 40 % (two-sided 5 %, power 80 %)."""
    assert detectable_effect(356, 356, 0.30) == pytest.approx(10, abs=0.05)


def test_larger_arms_show_smaller_effects():
    """Four times the customers, about half the effect."""
    small, large = detectable_effect(500, 500, 0.1), detectable_effect(2000, 2000, 0.1)

    assert large == pytest.approx(small / 2, rel=0.1)


@pytest.mark.parametrize(("n1", "n0", "base"), [(0, 10, 0.1), (10, 0, 0.1), (2, 1, 0.9), (100, 100, 1.0)])
def test_where_nothing_can_be_shown_there_is_no_number(n1, n0, base):
    """An empty arm, arms too small, or a base rate that cannot rise."""
    assert detectable_effect(n1, n0, base) is None


def test_a_base_rate_of_nothing_still_needs_a_visible_effect():
    """Nobody buying by themselves does not make every effect detectable."""
    assert detectable_effect(1000, 1000, 0.0) > 0.5


@pytest.mark.parametrize("base", [-0.1, 1.1])
def test_a_base_rate_is_a_share(base):
    """4 instead of 4 % is refused."""
    with pytest.raises(ValueError, match="not a rate"):
        detectable_effect(10, 10, base)
