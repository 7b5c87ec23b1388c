"""95 % intervals of shares."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

Z95 = NormalDist().inv_cdf(0.975)


def wilson(k: int, n: int) -> tuple[float, float]:
    """Low and high end, in 0 to 1, of the 95 % score interval for k of n.

    Raises:  ValueError: n is not positive, or k is not within 0 and n.
    Source:  Wilson (1927), JASA 22, 209-212; Brown, Cai, DasGupta (2001), Statistical Science 16, 101-133.
    """
    if not 0 <= k <= n or n == 0:
        raise ValueError(f"{k} of {n} is not a share")
    shrink = 1 + Z95**2 / n
    centre = (k / n + Z95**2 / (2 * n)) / shrink
    half = Z95 * sqrt(k / n * (1 - k / n) / n + Z95**2 / (4 * n**2)) / shrink
    # At the ends the formula is exact but for rounding, and a bound of 1e-19 would print as a finding.
    return (0.0 if k == 0 else centre - half), (1.0 if k == n else centre + half)
