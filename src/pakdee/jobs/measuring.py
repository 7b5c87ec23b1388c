"""Calculate whether it worked: the loyalty metrics of a period, stored per day."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pakdee.domain.calendar import day_bounds
from pakdee.house import House
from pakdee.house.forecasting import Forecaster
from pakdee.house.owing import owing
from pakdee.jobs.answering import EPOCH, nps_answers
from pakdee.jobs.notmailed import forget
from pakdee.jobs.subjects import SubjectTest, subject_tests

if TYPE_CHECKING:
    from pakdee.journal import FigureRow
    from pakdee.metrics import Figure

PERIOD = timedelta(days=30)


@dataclass(frozen=True)
class Measurement:
    """Figures of the half-open period [start, end) in the shop's zone, and tests of subjects in it."""

    start: dt.date
    end: dt.date
    figures: tuple[Figure, ...]
    tests: tuple[SubjectTest, ...] = ()


def measure(
    house: House, day: dt.date | None = None, *, start: dt.date | None = None, end: dt.date | None = None
) -> Measurement:
    """The metrics of [start, end), by default the 30 days that end with `day`; stored under the last."""
    day = house.business_day(day)
    end = end or day + timedelta(days=1)
    start = start or end - PERIOD
    figures = loyalty(house, start, end)
    house.journal.store_figures(end - timedelta(days=1), [_row(figure) for figure in figures])
    _forget_old(house)
    return Measurement(start, end, tuple(figures), subject_tests(house, start, end))


def _forget_old(house: House) -> None:
    """Mails as sent, who was not mailed and what readers wrote are kept for a time; counts for good."""
    before = house.clock() - house.settings.delivery.keep_bodies
    house.journal.forget_bodies(before)
    house.journal.forget_comments(house.clock() - house.settings.web.keep_comments)
    forget(house.var / "runs", before.timestamp())


def loyalty(house: House, start: dt.date, end: dt.date) -> list[Figure]:
    """All metrics of [start, end), not stored. A metric whose facts are missing says so."""
    from pakdee import ledger, metrics

    zone, journal = house.zone, house.journal
    active_days = house.project.program.ladder.active_days
    counts = ledger.loyalty_counts(
        house.snapshot,
        start=start,
        end=end,
        active_days=active_days,
        zone=zone,
        answers=nps_answers(house, end),
    )
    withdrawn = journal.withdrawals(EPOCH, day_bounds(end, zone)[0]).to_pandas()
    channel = ledger.channel_counts(house.snapshot, withdrawn, start=start, end=end, zone=zone)
    events = journal.engagement(start, end).to_pandas()
    forecaster = Forecaster.of(house)
    figures = metrics.loyalty_figures(counts, events, channel=channel, assumed=forecaster.assumed)
    return [*figures, *owing(house, end), *forecaster.outlook(end)]


def _row(figure: Figure) -> FigureRow:
    from pakdee.journal import FigureRow

    return FigureRow(scope=figure.currency or "", **asdict(figure))
