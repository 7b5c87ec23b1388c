"""M21: what the orders of the next year are worth, discounted; from both models."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pakdee.metrics.bgnbd import BgNbd, Purchases
from pakdee.metrics.gamma_gamma import GammaGamma

Numbers = npt.NDArray[np.float64]
WEEKS = 52


def value_of_a_year(
    orders: BgNbd, amounts: GammaGamma, seen: Purchases, mean: Numbers, *, margin: float, discount: float
) -> Numbers:
    """Σ over 52 weeks of the orders to expect × their amount × margin / (1 + discount)^(week/52).

    x 2, t_x 30.43, t 38.86, mean 35 at 30 % and 10 % a year → 15.67. Customers alike in orders and age share
    the sum over the weeks.

    Args:
        mean: amount per repeat order; not read where there is none.
        margin: share of net revenue that is left.
        discount: yearly.
    """
    alike, places = np.unique(np.stack([seen.x, seen.t]), axis=1, return_inverse=True)
    x, t = alike
    total, before = np.zeros_like(x), np.zeros_like(x)
    for week in range(1, WEEKS + 1):
        expected = orders.expected_of(x, t, float(week))
        total += (expected - before) / (1 + discount) ** (week / WEEKS)
        before = expected
    known = np.where(seen.x > 0, mean, 0)
    amount = amounts.expected(seen.x, known)
    return np.asarray(total[places.ravel()] * orders.p_alive(seen) * amount * margin)
