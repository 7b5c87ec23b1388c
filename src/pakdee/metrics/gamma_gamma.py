"""What the next orders of a customer are worth on average; the gamma-gamma model.

Source: Fader, Hardie (2013), "The Gamma-Gamma Model of Monetary Value", note 025 (brucehardie.com).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pakdee.metrics.likelihood import most_likely

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class GammaGamma:
    """Amounts of a customer are gamma(p, nu), and nu is gamma(q, gamma) over customers."""

    p: float
    q: float
    gamma: float

    def log_likelihood(self, x: Numbers, mean: Numbers) -> Numbers:
        """Of each customer's mean amount of x orders; both above 0."""
        from scipy.special import gammaln

        q, gamma, px = self.q, self.gamma, self.p * x
        shape = gammaln(px + q) - gammaln(px) - gammaln(q)
        scale = q * np.log(gamma) + (px - 1) * np.log(mean) + px * np.log(x)
        return np.asarray(shape + scale - (px + q) * np.log(gamma + x * mean))

    def expected(self, x: Numbers, mean: Numbers) -> Numbers:
        """The amount to expect: p 6.25, q 3.74, gamma 15.44, x 2, mean 35 → 35.04; all customers' for x 0."""
        return np.asarray(self.p * (self.gamma + x * mean) / (self.p * x + self.q - 1))


def fit_gamma_gamma(x: Numbers, mean: Numbers) -> GammaGamma | None:
    """The most likely parameters; None where there are none, or no mean of all customers follows from them.

    Args:
        x, mean: orders and their mean amount, of customers with orders of an amount.
    """
    unit = float(mean.mean())  # amounts near 1, whatever the currency
    found = most_likely(lambda values: -float(GammaGamma(*values).log_likelihood(x, mean / unit).mean()), 3)
    if found is None or found[1] <= 1:
        return None
    return GammaGamma(found[0], found[1], found[2] * unit)
