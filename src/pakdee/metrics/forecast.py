"""What buying so far says about the next orders: learned from a sample, checked on a past day.

A forecast is of use only where it would have been right before: beside each stands its error, made by
forecasting from a past day what is known by now.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pakdee.metrics.bgnbd import BgNbd, Purchases, fit_bgnbd
from pakdee.metrics.gamma_gamma import GammaGamma, fit_gamma_gamma

Numbers = npt.NDArray[np.float64]
SAMPLE = 100_000
"""Customers the parameters are learned from; more would not move their third digit."""
TENTHS = 10


@dataclass(frozen=True)
class Histories:
    """Purchases of customers with the mean amount of their repeat orders (NaN without), in one order."""

    seen: Purchases
    mean: Numbers

    def __len__(self) -> int:
        """How many customers."""
        return len(self.seen)

    @property
    def paid(self) -> npt.NDArray[np.bool_]:
        """Whose repeat orders have an amount."""
        return (self.seen.x > 0) & (np.nan_to_num(self.mean) > 0)

    def chosen(self, places: npt.NDArray[np.intp] | npt.NDArray[np.bool_] | slice) -> Histories:
        """Some of them."""
        seen = Purchases(self.seen.x[places], self.seen.t_x[places], self.seen.t[places])
        return Histories(seen, self.mean[places])


@dataclass(frozen=True)
class Model:
    """Learned from one shop up to one day.

    Args:
        amounts: None where amounts follow no such law.
        correlation: of how often and how much customers buy; the model of amounts takes it as 0.
    """

    orders: BgNbd
    amounts: GammaGamma | None
    correlation: float | None


@dataclass(frozen=True)
class NoModel:
    """Why there is none."""

    why: str


def learn(known: Histories, fewest: int) -> Model | NoModel:
    """Both models from a sample of customers, or why there are none.

    Args:
        fewest: customers who came again, below which nothing is learned.
    """
    again = int((known.seen.x > 0).sum())
    if again < fewest:
        return NoModel(f"{again} customers came again, and {fewest} are needed")
    sample = known.chosen(np.linspace(0, len(known) - 1, min(SAMPLE, len(known))).astype(np.intp))
    orders = fit_bgnbd(sample.seen)
    if orders is None:
        return NoModel("customers come again in no way that the model knows")
    paid = sample.chosen(sample.paid)
    if len(paid) < 2:
        return Model(orders, None, None)
    alike = np.ptp(paid.seen.x) == 0 or np.ptp(paid.mean) == 0
    correlation = None if alike else float(np.corrcoef(paid.seen.x, paid.mean)[0, 1])
    return Model(orders, None if alike else fit_gamma_gamma(paid.seen.x, paid.mean), correlation)


@dataclass(frozen=True)
class Check:
    """A forecast made on a past day, and what came of it.

    Args:
        expected, came: orders forecast and made.
        brier: mean squared distance of the chance to order nothing from what became of it.
        gap: mean distance of the two shares in tenths of customers by that chance.
    """

    customers: int
    expected: float
    came: int
    brier: float
    gap: float


def check(model: Model, known: Histories, later: Numbers, weeks: float) -> Check:
    """How well `model` foretold the order days of the `weeks` after it was learned."""
    chance, silent = model.orders.none_within(known.seen, weeks), later == 0
    gaps = [abs(chance[part].mean() - silent[part].mean()) for part in _tenths(chance)]
    return Check(
        customers=len(known),
        expected=float(model.orders.expected(known.seen, weeks).sum()),
        came=int(later.sum()),
        brier=float(np.mean((chance - silent) ** 2)),
        gap=float(np.mean(gaps)),
    )


def _tenths(values: Numbers) -> list[npt.NDArray[np.intp]]:
    parts = np.array_split(np.argsort(values, kind="stable"), TENTHS)
    return [part for part in parts if len(part)]
