"""Questions before anything is sent: who is in a segment, what would a plan mean and cost."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from pakdee.domain.errors import CannotRun, PakdeeError
from pakdee.domain.units import parse_money
from pakdee.domain.vocabulary import Verdict
from pakdee.house import House
from pakdee.jobs.planning import CampaignPlan, DayPlan


@dataclass(frozen=True)
class SegmentReport:
    """A segment as of a day. `clauses` counts each and-part alone; `overlap` counts shared customers."""

    name: str
    text: str
    day: dt.date
    customers: int
    of_all: int
    clauses: tuple[tuple[str, int], ...]
    overlap: tuple[tuple[str, int], ...]
    sample: tuple[str, ...]


@dataclass(frozen=True)
class Forecast:
    """What a plan means: difference to the last run, the effect that could be seen, and the cost."""

    campaign: str
    difference: int | None
    detectable: float | None
    base_rate: float | None
    cost: str


def segment(house: House, name: str, day: dt.date | None = None) -> SegmentReport:
    """Size, share, overlap, a sample and the count per clause of one segment."""
    day = house.business_day(day)
    found = house.project.segments.get(name)
    if found is None:
        raise PakdeeError(
            f"there is no segment {name!r}", where="segments/", next_step="see the folder segments/"
        )
    table = house.features(day)
    condition = house.project.conditions[found.column]
    if missing := house.missing_for(condition.features, table.columns):
        raise CannotRun(condition.where or f"segments/{name}.yaml", sorted(missing))
    columns = [other.column for other in house.project.segments.values() if other.name != name]
    others = [column for column in columns if column in table.columns]
    shared = table.overlap(found.column, others)
    return SegmentReport(
        name=name,
        text=condition.text,
        day=day,
        customers=table.counts([found.column])[found.column],
        of_all=table.customers,
        clauses=tuple(table.clause_counts(condition)),
        overlap=tuple((column.removeprefix("segment:"), n) for column, n in shared.items()),
        sample=tuple(table.sample(found.column, 5)),
    )


def forecast(house: House, planned: DayPlan) -> list[Forecast]:
    """What each planned campaign means compared with its last run, in statistics and in money."""
    return [_forecast(house, planned, campaign) for campaign in planned.campaigns if not campaign.skipped]


def _forecast(house: House, planned: DayPlan, found: CampaignPlan) -> Forecast:
    from pakdee.metrics import detectable_effect

    last = house.journal.last_verdicts(found.name, planned.day)
    cost = parse_money(house.settings.delivery.cost_per_message)
    held = found.verdicts.get(Verdict.HOLDOUT, 0)
    goal = house.project.campaigns[found.name].goal
    # Of all customers, since a segment such as the lapsed is chosen by not ordering.
    rate = house.features(planned.day).ordered_within(goal.order.days) if goal else None
    begun = found.messages - found.later  # whom a step mails was counted with the first mail
    seen = detectable_effect(begun, held, rate) if held and rate is not None else None
    return Forecast(
        campaign=found.name,
        difference=found.messages - last.get(Verdict.INCLUDED, 0) if last else None,
        detectable=seen,
        base_rate=rate,
        cost=f"{(cost.amount * found.messages).quantize(Decimal('0.01'))} {cost.currency}",
    )
