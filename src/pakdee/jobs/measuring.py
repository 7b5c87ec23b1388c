"""Calculate whether it worked: the loyalty metrics of a period, stored per day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pakdee.house import House

if TYPE_CHECKING:
    from pakdee.metrics import Figure

PERIOD = timedelta(days=30)


@dataclass(frozen=True)
class Measurement:
    """Figures of the half-open period [start, end) in the shop's zone."""

    start: dt.date
    end: dt.date
    figures: tuple[Figure, ...]


def measure(
    house: House, day: dt.date | None = None, *, start: dt.date | None = None, end: dt.date | None = None
) -> Measurement:
    """The metrics of [start, end), by default the 30 days that end with `day`; stored under the last."""
    day = house.business_day(day)
    end = end or day + timedelta(days=1)
    start = start or end - PERIOD
    figures = loyalty_figures_of(house, start, end)
    house.journal.store_figures(end - timedelta(days=1), [_plain(figure) for figure in figures])
    house.journal.forget_bodies(house.clock() - house.settings.delivery.keep_bodies)
    return Measurement(start, end, tuple(figures))


def loyalty_figures_of(house: House, start: dt.date, end: dt.date) -> Sequence[Figure]:
    """All metrics of [start, end), not stored. A metric whose facts are missing says so."""
    from pakdee import ledger, metrics

    active_days = house.project.program.ladder.active_days
    counts = ledger.loyalty_counts(house.snapshot, start=start, end=end, active_days=active_days)
    events = house.journal.engagement(start, end)
    opted_out = house.journal.opted_out(start, end)
    return metrics.loyalty_figures(counts, events, opted_out=opted_out, currency=house.settings.shop.currency)


def _plain(figure: Figure) -> dict[str, object]:
    from dataclasses import asdict

    return asdict(figure)
