"""M11 and M12: how much of what was issued is used, runs out, or is still owed.

By month of issue, since units of this year cannot have run out yet. Money is exact, shares are estimates.

Source: IFRS 15, B39–B43 (a material right) and B44–B47 (breakage), Illustrative Example 52.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pakdee.domain.measures import Missing
from pakdee.metrics.figure import Figure, known, share, undefined, unmeasured

NOBODY = "no units were issued"
MEASURES = ("redemption_rate", "redeeming_members", "breakage", "units_owed")


@dataclass(frozen=True)
class Vintage:
    """What became of the units issued in one month, less those taken back.

    Args:
        month: its first day.
        sales: net amount of the orders they were issued with; 0 for those given without one.
    """

    month: dt.date
    issued: Decimal
    redeemed: Decimal
    expired: Decimal
    sales: Decimal = Decimal(0)

    @property
    def left(self) -> Decimal:
        """What can still be used; a debt is none."""
        return max(Decimal(0), self.issued - self.redeemed - self.expired)


@dataclass(frozen=True)
class Standing:
    """All vintages of a programme, and its members.

    Args:
        members, redeeming: who ever had units, and who ever used some.
    """

    vintages: Sequence[Vintage]
    members: int
    redeeming: int


def deferred(sales: Decimal, units: Decimal, unit_value: Decimal, expected: Decimal) -> Decimal:
    """The part of `sales` that stands for units: 100,000 with 10,000 units of 1 at 97 % → 8,842.

    By stand-alone prices: sales × U / (sales + U), where U = units × value × expected redemption. Without a
    sale it is U itself.
    """
    worth = units * unit_value * expected
    return sales * worth / (sales + worth) if sales > 0 and worth > 0 else worth


def released(amount: Decimal, redeemed: Decimal, units: Decimal, expected: Decimal) -> Decimal:
    """How much of a deferred amount redemption has earned: 8,842 after 4,500 of 9,700 expected → 4,102."""
    to_come = units * expected
    return amount * min(redeemed, to_come) / to_come if to_come > 0 else Decimal(0)


def expected_redemption(vintages: Sequence[Vintage]) -> Decimal:
    """The share of units that will be redeemed, by the months of which nothing is left; 1 without any."""
    aged = [v for v in vintages if v.issued > 0 and v.left == 0]
    issued = sum((v.issued for v in aged), Decimal(0))
    return sum((v.redeemed for v in aged), Decimal(0)) / issued if issued else Decimal(1)


def owed(vintages: Sequence[Vintage], unit_value: Decimal) -> Decimal:
    """What is deferred for units still to be redeemed, vintage by vintage.

    What a vintage is expected to come to is at least what was redeemed of it, and at most all that did not
    run out.
    """
    rate, total = expected_redemption(vintages), Decimal(0)
    for one in vintages:
        if one.issued <= 0 or one.left == 0:
            continue
        expected = min(max(rate, one.redeemed / one.issued), (one.redeemed + one.left) / one.issued)
        amount = deferred(one.sales, one.issued, unit_value, expected)
        total += amount - released(amount, one.redeemed, one.issued, expected)
    return total


def liability_figures(standing: Standing | Missing, unit_value: Decimal, currency: str) -> list[Figure]:
    """M11 and M12: 9,000 of 45,000 units → 20 %, 180 of 1,200 members → 15 %."""
    if isinstance(standing, Missing):
        return [unmeasured(metric, standing) for metric in MEASURES]
    vintages = standing.vintages
    issued, redeemed = _sum(vintages, "issued"), _sum(vintages, "redeemed")
    aged = [v for v in vintages if v.issued > 0 and v.left == 0]
    broken, out_of = _sum(aged, "expired"), _sum(aged, "issued")
    expected = expected_redemption(vintages)
    settings = {"unit_value": f"{unit_value.normalize():f}", "expected": f"{expected:.3f}"}
    return [
        _part("redemption_rate", redeemed, issued, NOBODY),
        share("redeeming_members", standing.redeeming, standing.members, "nobody ever had units"),
        _part("breakage", broken, out_of, "of every month units are left, so none is known to its end"),
        known("units_owed", owed(vintages, unit_value), currency=currency, settings=settings)
        if issued > 0
        else undefined("units_owed", NOBODY, currency=currency, settings=settings),
    ]


def _sum(vintages: Sequence[Vintage], name: str) -> Decimal:
    return sum((getattr(vintage, name) for vintage in vintages), Decimal(0))


def _part(metric: str, k: Decimal, n: Decimal, nobody: str) -> Figure:
    """A share of units; without an interval, since units of one member go together."""
    return known(metric, float(k / n), k=int(k), n=int(n)) if n > 0 else undefined(metric, nobody)
