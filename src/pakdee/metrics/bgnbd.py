"""M20: how many orders to expect of a customer, and whether they are still one; the BG/NBD model.

While a customer, they order at a rate of their own; after each repeat order they may leave for good, with a
chance of their own. Rates are spread as a gamma distribution, chances as a beta. Times are weeks.

Source: Fader, Hardie, Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2), 275-284.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pakdee.metrics.likelihood import most_likely

Numbers = npt.NDArray[np.float64]
NEAR_ONE = 1e-6
"""The expectation has a gap at a = 1, which is filled from its side."""


@dataclass(frozen=True)
class Purchases:
    """Order days of customers up to a day: `x` after the first one, the last of them `t_x` weeks after it.

    Args:
        t: weeks from the first order day to the day.
    """

    x: Numbers
    t_x: Numbers
    t: Numbers

    def __len__(self) -> int:
        """How many customers."""
        return len(self.x)

    def until(self, weeks: float) -> Purchases:
        """The same, had nobody ordered for so many weeks more."""
        return Purchases(self.x, self.t_x, self.t + weeks)


@dataclass(frozen=True)
class BgNbd:
    """Parameters: rates are gamma(r, alpha), chances to leave beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float

    def log_likelihood(self, seen: Purchases) -> Numbers:
        """Of each customer's purchases."""
        from scipy.special import betaln, gammaln

        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        x, repeats = seen.x, np.maximum(seen.x, 1)
        shared = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
        stayed = -(r + x) * np.log(alpha + seen.t)
        left = np.log(a) - np.log(b + repeats - 1) - (r + x) * np.log(alpha + seen.t_x)
        return np.asarray(shared + np.where(x > 0, np.logaddexp(stayed, left), stayed))

    def p_alive(self, seen: Purchases) -> Numbers:
        """Chance that each is still a customer: x 2, t_x 30.43, t 38.86 → 0.727; 1 for x 0."""
        return np.asarray(1 / (1 + self._odds_left(seen)))

    def expected(self, seen: Purchases, weeks: float) -> Numbers:
        """Orders to expect of each in the next weeks: x 2, t_x 30.43, t 38.86 → 1.226 in 39 weeks."""
        return self.expected_of(seen.x, seen.t, weeks) / (1 + self._odds_left(seen))

    def expected_of(self, x: Numbers, t: Numbers, weeks: float) -> Numbers:
        """The same of those who are known to be customers still.

        The paper's hypergeometric function overflows where x is large; there by Euler's transformation of it.
        """
        from scipy.special import hyp2f1

        a, b, r = self.a if abs(self.a - 1) > NEAR_ONE else 1 + NEAR_ONE, self.b, self.r
        total, ends = a + b + x - 1, self.alpha + t + weeks
        often = r + x >= a - 1
        power = np.where(often, a - 1, r + x)
        series = hyp2f1(np.where(often, a + b - 1 - r, b + x), power, total, weeks / ends)
        return np.asarray(total / (a - 1) * (1 - ((self.alpha + t) / ends) ** power * series))

    def none_within(self, seen: Purchases, weeks: float) -> Numbers:
        """Chance that each orders nothing in the next weeks: x 2, t_x 30.43, t 38.86 → 0.445 in 39 weeks."""
        return np.asarray(np.exp(self.log_likelihood(seen.until(weeks)) - self.log_likelihood(seen)))

    def _odds_left(self, seen: Purchases) -> Numbers:
        ratio = (self.r + seen.x) * np.log((self.alpha + seen.t) / (self.alpha + seen.t_x))
        odds = np.log(self.a / (self.b + np.maximum(seen.x, 1) - 1)) + ratio
        return np.asarray(np.where(seen.x > 0, np.exp(np.minimum(odds, 700)), 0))


def fit_bgnbd(seen: Purchases) -> BgNbd | None:
    """The most likely parameters; None where there are none to be found."""
    rows, times = np.unique(np.stack([seen.x, seen.t_x, seen.t]), axis=1, return_counts=True)
    alike = Purchases(*rows)  # of those who came once, many are
    found = most_likely(
        lambda values: -float(np.average(BgNbd(*values).log_likelihood(alike), weights=times)), 4
    )
    return None if found is None else BgNbd(*found)
