"""What a member is given by the programme itself, without a campaign."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pakdee.domain.accounting.facts import Activity, Facts, Order
from pakdee.domain.accounting.periods import period_of
from pakdee.domain.accounting.plans import plan_on
from pakdee.domain.program import Grant, Program
from pakdee.domain.program.grants import GIVEN


@dataclass(frozen=True)
class Issued:
    """A grant that was given; `source` tells what for, `value` is an amount of money where it has one."""

    grant: str
    source: str
    day: dt.date
    valid_to: dt.date
    value: Decimal | None = None


Gift = tuple[Grant, str, Decimal | None]
"""A grant, what it is given for, and what it is worth where the grant itself does not say."""


def issued(grant: Grant, source: str, today: dt.date, value: Decimal | None = None) -> Issued:
    """The grant as it is given on a day."""
    worth = grant.value.amount if grant.value else value
    return Issued(grant.id, source, today, grant.valid.after(today), worth)


def bought_with_units(
    program: Program, facts: Facts, today: dt.date, tier: str | None
) -> Iterator[tuple[Grant, int]]:
    """Grants that a balance pays for at the end of a day, and their cost, in the programme's order."""
    for grant in _given(program, facts, today, tier):
        if grant.cost is not None and (grant.when == "balance" or _is_scheduled(grant, today)):
            yield grant, grant.cost


def cheapest_reward(program: Program, facts: Facts, today: dt.date, tier: str | None) -> int | None:
    """What the cheapest reward costs that the customer may choose for units."""
    given = _given(program, facts, today, tier)
    rewards = [grant.cost for grant in given if grant.when == "redeem" and grant.cost]
    return min(rewards, default=None)


def free_of_cost(
    program: Program, facts: Facts, today: dt.date, by: dt.date, tier: str | None
) -> Iterator[Gift]:
    """Grants for what happened on a day, orders by what is kept of them on the evening of `by`.

    Args:
        tier: of the morning.
    """
    for grant in _given(program, facts, today, tier):
        if grant.when == "order":
            yield from _for_orders(grant, facts, today, by)
        elif grant.when == "milestone":
            yield from _for_milestone(grant, facts, today)
        elif grant.when == "schedule" and grant.cost is None and _is_scheduled(grant, today):
            yield grant, today.isoformat(), None
        elif grant.when not in GIVEN:
            yield from _for_activities(grant, facts, today)


def _given(program: Program, facts: Facts, today: dt.date, tier: str | None) -> Iterator[Grant]:
    """Grants whose condition holds, as far as it asks the tier and the plan by those of the day."""
    plan = plan_on(facts.terms, program.membership, today) or "none"
    for grant in program.grants:
        is_for_them = facts.gives is None or grant.id in facts.gives
        is_of_theirs = tier in facts.only_as.get(grant.id, {tier}) and plan in facts.only_in.get(
            grant.id, {plan}
        )
        if is_for_them and is_of_theirs:
            yield grant


def _for_activities(grant: Grant, facts: Facts, today: dt.date) -> Iterator[Gift]:
    """Each activity, or each with which the member's own total comes to another so many."""
    total, goal = Decimal(0), _goal(grant)
    for row in facts.activities:
        if row.type == grant.when:
            before, total = total, total + _worth(grant, row)
            if row.day == today and (goal is None or total // goal > before // goal):
                yield grant, row.id, None


def _goal(grant: Grant) -> Decimal | None:
    return Decimal(grant.at.count or grant.at.sum or 0) if grant.at else None


def _worth(grant: Grant, activity: Activity) -> Decimal:
    """What an activity adds to the member's own total."""
    counted = grant.at is None or grant.at.count
    return Decimal(1) if counted or activity.amount is None else activity.amount


def _for_orders(grant: Grant, facts: Facts, today: dt.date, by: dt.date) -> Iterator[Gift]:
    for order in facts.orders:
        kept = facts.kept(order, by)
        if order.day == today and order.counts and kept > 0 and _is_large_enough(grant, order):
            yield grant, order.id, _share(grant, kept)


def _is_large_enough(grant: Grant, order: Order) -> bool:
    return grant.min_order is None or order.amount >= grant.min_order.amount


def _share(grant: Grant, kept: Decimal) -> Decimal | None:
    """A donation that is a share of the order."""
    return kept * Decimal(str(grant.share)) if grant.share else None


def _for_milestone(grant: Grant, facts: Facts, today: dt.date) -> Iterator[Gift]:
    """The activity with which the member's own total is reached for the first time."""
    total, goal = Decimal(0), _goal(grant)
    if grant.at is None or goal is None:
        return
    for row in facts.activities:
        if row.type == grant.at.activity and total < goal:
            total += _worth(grant, row)
            if total >= goal and row.day == today:
                yield grant, row.id, None


def _is_scheduled(grant: Grant, today: dt.date) -> bool:
    """Whether a day is one of the dates, or the first of a calendar period."""
    if grant.when != "schedule":
        return False
    if grant.every is None:
        return f"{today:%m-%d}" in grant.dates
    return period_of(today, grant.every) != period_of(today - dt.timedelta(days=1), grant.every)
