"""What other systems of the shop must know: who withdrew."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from io import StringIO

from pakdee.domain.calendar import day_bounds
from pakdee.house import House

HEADER = ("customer_id", "withdrawn_at", "source")


@dataclass(frozen=True)
class Withdrawal:
    """A customer who wants no more mail; `withdrawn_at` is a UTC instant."""

    customer_id: str
    withdrawn_at: dt.datetime
    source: str


def unsubscribes(house: House, since: dt.date) -> list[Withdrawal]:
    """Who withdrew on or after the shop's day `since`, whichever way, oldest first."""
    found = house.journal.withdrawals_since(day_bounds(since, house.zone)[0])
    return [Withdrawal(customer_id, at, source) for customer_id, at, source in found]


def as_csv(withdrawals: list[Withdrawal]) -> str:
    """One line each under a header that is there even when nobody withdrew; instants as ISO, UTC."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows((w.customer_id, w.withdrawn_at.isoformat(), w.source) for w in withdrawals)
    return text.getvalue()
