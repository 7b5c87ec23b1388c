"""95 % intervals of shares."""

from __future__ import annotations

from math import hypot, sqrt
from statistics import NormalDist

Z95 = NormalDist().inv_cdf(0.975)


def wilson(k: int, n: int, z: float = Z95) -> tuple[float, float]:
    """Low and high end, in 0 to 1, of the score interval for k of n; of 95 % unless `z` says otherwise.

    Raises:  ValueError: n is not positive, or k is not within 0 and n.
    Source:  Wilson (1927), JASA 22, 209-212; Brown, Cai, DasGupta (2001), Statistical Science 16, 101-133.
    """
    if not 0 <= k <= n or n == 0:
        raise ValueError(f"{k} of {n} is not a share")
    shrink = 1 + z**2 / n
    centre = (k / n + z**2 / (2 * n)) / shrink
    half = z * sqrt(k / n * (1 - k / n) / n + z**2 / (4 * n**2)) / shrink
    # At the ends the formula is exact but for rounding, and a bound of 1e-19 would print as a finding.
    return (0.0 if k == 0 else centre - half), (1.0 if k == n else centre + half)


def difference(
    first: tuple[int, int], second: tuple[int, int], *, comparisons: int = 1
) -> tuple[float, float]:
    """Low and high end of the interval for the difference of two shares, each (k, n).

    Args:
        comparisons: how many are made at once; together they hold in 95 % (Bonferroni).

    Raises:  ValueError: as `wilson`.
    Source:  Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.
    """
    z = NormalDist().inv_cdf(1 - 0.025 / comparisons)
    ours, theirs = first[0] / first[1], second[0] / second[1]
    low, high = wilson(*first, z)
    their_low, their_high = wilson(*second, z)
    ahead = ours - theirs
    return ahead - hypot(ours - low, their_high - theirs), ahead + hypot(high - ours, theirs - their_low)
