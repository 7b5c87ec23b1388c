"""How large an effect must be for a campaign to be able to show it."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

SIGNIFICANCE = 0.05
POWER = 0.8
_Z_SIGNIFICANT = NormalDist().inv_cdf(1 - SIGNIFICANCE / 2)
_Z_POWER = NormalDist().inv_cdf(POWER)


def detectable_effect(n_treated: int, n_held: int, base_rate: float) -> float | None:
    """Smallest rise over `base_rate`, in percentage points, found with 80 % power at 5 % (two-sided).

    The δ that solves δ = z₀.₉₇₅·√(p̄(1−p̄)(1/n₁+1/n₀)) + z₀.₈₀·√(p₁(1−p₁)/n₁ + p₀(1−p₀)/n₀), with p₀ the
    base rate of the n₀ held out, p₁ = p₀ + δ of the n₁ treated, and p̄ the rate of both together.

    Args:    n_treated, n_held: customers in each arm. base_rate: 0 to 1, what the held-out do anyway.
    Returns: percentage points; None where an arm is empty or no rise at all could be shown.
    Raises:  ValueError: the base rate is not within 0 and 1.
    Source:  Fleiss, Levin, Paik (2003), Statistical Methods for Rates and Proportions, 3rd ed., eq. 4.14.
    """
    if not 0 <= base_rate <= 1:
        raise ValueError(f"{base_rate} is not a rate between 0 and 1")
    if n_treated < 1 or n_held < 1 or not _shows(1 - base_rate, n_treated, n_held, base_rate):
        return None
    low, high = 0.0, 1 - base_rate
    for _ in range(60):  # halving 60 times leaves less than a float can hold
        middle = (low + high) / 2
        if _shows(middle, n_treated, n_held, base_rate):
            high = middle
        else:
            low = middle
    return 100 * high


def _shows(rise: float, n_treated: int, n_held: int, base: float) -> bool:
    treated = base + rise
    pooled = (n_treated * treated + n_held * base) / (n_treated + n_held)
    by_chance = sqrt(max(0.0, pooled * (1 - pooled)) * (1 / n_treated + 1 / n_held))
    spread = sqrt(max(0.0, treated * (1 - treated)) / n_treated + base * (1 - base) / n_held)
    return rise > _Z_SIGNIFICANT * by_chance + _Z_POWER * spread
