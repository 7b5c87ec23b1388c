"""The shop's account of points: earned with orders, taken back with them, spent, and run out."""

from __future__ import annotations

import datetime as dt
from bisect import insort
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

import numpy as np
import pandas as pd

SATANG_PER_POINT = 2_500
REWARD, MOST_REWARDS = 100, 3
"""Points are spent by the hundred, a drink on the house each."""
SPENDS = 0.3
"""So often does somebody who could spend points do so."""
HAPPY_POINTS, HAPPY = 20, 0.05
"""Points of a happy hour, and how many orders fall into one."""
MONTHS = {"order": 13, "happy_hour": 2}
"""Points last to the end of a month: so many begin until then, the present one included."""
COLUMNS = ("customer_id", "kind", "units", "occurred_at", "expires_at", "order_id", "rule_id")

Act = tuple[str, str, str, int, bool]
"""When, what, of which order, how many points, and whether the member means to spend some."""


def make_points(
    chance: np.random.Generator, orders: pd.DataFrame, refunds: pd.DataFrame, until: dt.date
) -> pd.DataFrame:
    """The entries of all members in canonical columns, by member and time; none is of `until` or later."""
    rows: list[tuple[object, ...]] = []
    for customer_id, acts in groupby(_acts(chance, orders, refunds), itemgetter(0)):
        rows += _Account(customer_id).lived([act for _, act in acts], f"{until} 00:00")
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.insert(0, "entry_id", [f"P{number:07}" for number in range(1, len(table) + 1)])
    return table


def _acts(chance: np.random.Generator, orders: pd.DataFrame, refunds: pd.DataFrame) -> list[tuple[str, Act]]:
    """What members do, by member and time; an order that came back whole takes its points with it."""
    spends, is_happy = (chance.random(len(orders)) < share for share in (SPENDS, HAPPY))
    back = refunds[refunds["line_no"] == ""]
    returned = dict(zip(back["order_id"], back["refunded_at"], strict=True))
    names = ["customer_id", "order_id", "ordered_at", "net_amount", "status"]
    found: list[tuple[str, Act]] = []
    told = zip(*(orders[name].tolist() for name in names), spends.tolist(), is_happy.tolist(), strict=True)
    for customer_id, order_id, at, amount, status, will_spend, happy in told:
        if not customer_id or status == "cancelled":
            continue
        points = int(amount.replace(".", "")) // SATANG_PER_POINT
        found.append((customer_id, (at, "order", order_id, points, will_spend)))
        if happy:
            found.append((customer_id, (at, "happy_hour", order_id, HAPPY_POINTS, False)))
        if order_id in returned:
            found.append((customer_id, (returned[order_id], "reverse", order_id, points, False)))
    return sorted(found)


@dataclass
class _Account:
    """One member's points.

    Args:
        lots: (when it runs out, points left), the first to run out first.
    """

    customer_id: str
    lots: list[tuple[str, int]] = field(default_factory=list)
    entries: list[tuple[object, ...]] = field(default_factory=list)

    def lived(self, acts: list[Act], until: str) -> list[tuple[object, ...]]:
        """All entries before `until`."""
        for at, what, order_id, points, will_spend in acts:
            self.run_out(at)
            if will_spend:
                rewards = min(self.balance // REWARD, MOST_REWARDS)
                self.take("redeem", rewards * REWARD, at, order_id)
            if what == "reverse":
                self.take("reverse", min(points, self.balance), at, order_id)
            elif points:
                ends = _ends(at, MONTHS[what])
                insort(self.lots, (ends, points))
                self.entries.append((self.customer_id, "earn", points, at, ends, order_id, what))
        self.run_out(until)
        return self.entries

    @property
    def balance(self) -> int:
        """Points that can be used."""
        return sum(points for _, points in self.lots)

    def run_out(self, at: str) -> None:
        """Strike off what cannot be used any more at a time."""
        while self.lots and self.lots[0][0] < at:
            ends, points = self.lots.pop(0)
            self.entries.append((self.customer_id, "expire", -points, ends, "", "", ""))

    def take(self, kind: str, points: int, at: str, order_id: str) -> None:
        """Take points, those that run out first before others."""
        if points:
            self.entries.append((self.customer_id, kind, -points, at, "", order_id, ""))
        while points:
            ends, there = self.lots.pop(0)
            taken = min(points, there)
            points -= taken
            if there > taken:
                self.lots.insert(0, (ends, there - taken))


def _ends(at: str, months: int) -> str:
    """Midnight after the last month."""
    years, month = divmod(int(at[:4]) * 12 + int(at[5:7]) - 1 + months, 12)
    return f"{years}-{month + 1:02}-01 00:00"
