"""Results so far, by campaign: what became of its mails, who ordered, and what it changed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import LedgerError
from pakdee.domain.measures import EngagementCounts, GoalCounts, Missing
from pakdee.domain.vocabulary import BatchState
from pakdee.house import House
from pakdee.jobs.subjects import SubjectTest, subject_tests

if TYPE_CHECKING:
    from pakdee.metrics import Figure

LOOK_BACK = dt.timedelta(days=90)
AT_ONCE = 200_000
"""Events counted together, so that memory stays flat however many there are."""
_NOTHING = EngagementCounts(**dict.fromkeys((field.name for field in fields(EngagementCounts)), 0))


@dataclass(frozen=True)
class CampaignResult:
    """One campaign's results.

    Args:
        states: messages by what became of them.
        figures: of engagement, and of the goal where there is one.
        goal: what the latter were made from.
        offers, redeemed: that its mails brought, and those known to be used.
        test: of its subjects, if more than one was sent.
    """

    states: Mapping[BatchState, int]
    figures: tuple[Figure, ...]
    goal: GoalCounts | None = None
    offers: int = 0
    redeemed: int = 0
    test: SubjectTest | None = None

    @property
    def sent(self) -> int:
        """Messages that SendGrid took."""
        return self.states.get(BatchState.ACCEPTED, 0)


@dataclass(frozen=True)
class Results:
    """Results of messages due in [start, end); campaigns that planned nothing are absent."""

    start: dt.date
    end: dt.date
    campaigns: Mapping[str, CampaignResult]


def results(house: House, day: dt.date | None = None) -> Results:
    """What became of the messages of the 90 days that end with `day`, and of their readers."""
    from pakdee.metrics import engagement_figures, goal_figures

    end = (day or house.today()) + dt.timedelta(days=1)
    start = end - LOOK_BACK
    states = house.journal.period_messages(start, end)
    engaged, goals = _engagement(house, start, end), _goals(house, start, end)
    redemptions = house.journal.redemptions(start, end)
    tests = {test.campaign: test for test in subject_tests(house, start, end)}
    found = {}
    for name in states:
        goal = goals.get(name)
        figures = [*engagement_figures(engaged.get(name, _NOTHING)), *(goal_figures(goal) if goal else ())]
        given, used = redemptions.get(name, (0, 0))
        found[name] = CampaignResult(states[name], tuple(figures), goal, given, used, tests.get(name))
    return Results(start, end, found)


def _engagement(house: House, start: dt.date, end: dt.date) -> Mapping[str, EngagementCounts]:
    from pakdee.metrics import engagement_counts

    totals: dict[str, Counter[str]] = {}
    for events in _chunks(house, start, end):
        for name, of_campaign in events.to_pandas().groupby("campaign", sort=False):
            counts = vars(engagement_counts(pd.DataFrame(of_campaign)))
            totals.setdefault(str(name), Counter()).update(counts)
    return {name: EngagementCounts(**total) for name, total in totals.items()}


def _chunks(house: House, start: dt.date, end: dt.date) -> Iterator[pa.Table]:
    """Events by days, so that all of a message's are together; small days in one table."""
    waiting: list[pa.Table] = []
    for ahead in range((end - start).days):
        day = start + dt.timedelta(days=ahead)
        waiting.append(house.journal.engagement(day, day + dt.timedelta(days=1)))
        if sum(map(len, waiting)) >= AT_ONCE:
            yield pa.concat_tables(waiting)
            waiting = []
    yield pa.concat_tables(waiting) if waiting else pa.table({"campaign": pa.array([], pa.string())})


def _goals(house: House, start: dt.date, end: dt.date) -> Mapping[str, GoalCounts]:
    """Of campaigns that have a goal and hold somebody out; empty where the shop has no orders."""
    from pakdee import ledger

    days = {name: _goal_days(found) for name, found in house.project.campaigns.items() if found.goal}
    if not days:
        return {}
    assigned = house.journal.assigned(start, end, days)
    within = pa.array([days[name] for name in assigned["campaign"].to_pylist()], pa.int32())
    try:
        counts = ledger.goal_counts(
            house.snapshot, assigned.append_column("days", within), start=start, end=end, zone=house.zone
        )
    except LedgerError:
        return {}
    return {} if isinstance(counts, Missing) else counts


def _goal_days(campaign: Campaign) -> int:
    return campaign.goal.order.days if campaign.goal else 0
