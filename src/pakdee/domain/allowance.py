"""What limits a grant: a budget for all, a cap for each member, a pool of codes. Pure.

Periods are those of the calendar, as `Cap` says, and known by their first day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from pakdee.domain.program import Budget, Grant
from pakdee.domain.program.grants import CAMPAIGN
from pakdee.domain.spans import Span

EVER = "ever"
_MONDAY = dt.date(1970, 1, 5)


@dataclass(frozen=True)
class Terms:
    """On what terms one grant is given on a day; None where nothing limits it.

    Args:
        budget: how often it may be given altogether in `budget_period`.
        cap: how often to one member in `cap_period`.
        is_pool: whether its codes are the shop's own, from a file.
        units: what it puts into the reader's account, for kind units.
        is_published: whether the programme itself promises it, so that no holdout withholds it.
    """

    budget: int | None = None
    budget_period: str = EVER
    cap: int | None = None
    cap_period: str = EVER
    is_pool: bool = False
    units: int | None = None
    is_published: bool = False

    @property
    def is_shared(self) -> bool:
        """Whether who comes first may leave nothing for others."""
        return self.budget is not None or self.is_pool

    @property
    def is_limited(self) -> bool:
        """Whether not everybody may have it, or not as often as they like."""
        return self.is_shared or self.cap is not None


def terms_of(grant: Grant, day: dt.date) -> Terms:
    """On what terms `grant` is given on `day`."""
    cap = grant.cap
    often = None if cap is None else cap.times or (cap.units or 0) // (grant.units or 1)
    return Terms(
        budget=times(grant),
        budget_period=period(grant.budget.per, day) if grant.budget else EVER,
        cap=often,
        cap_period=period(cap.per, day) if cap else EVER,
        is_pool=grant.codes == "pool",
        units=grant.units,
        is_published=grant.when != CAMPAIGN,
    )


def all_terms(grants: Iterable[Grant], day: dt.date) -> Mapping[str, Terms]:
    """The same of several, by id."""
    return {grant.id: terms_of(grant, day) for grant in grants}


def times(grant: Grant) -> int | None:
    """How often its budget pays for it; an amount is counted at what the grant is worth."""
    budget: Budget | None = grant.budget
    if budget is None or budget.amount is None:
        return budget.times if budget else None
    return int(budget.amount.amount // grant.value.amount) if grant.value and grant.value.amount else None


def period(per: Span | Literal["ever"], day: dt.date) -> str:
    """The calendar period that `day` lies in, by its first day; months count from January of year 0."""
    if isinstance(per, str):
        return EVER
    if per.months:
        first = (day.year * 12 + day.month - 1) // per.months * per.months
        return dt.date(first // 12, first % 12 + 1, 1).isoformat()
    return (day - (day - _MONDAY) % dt.timedelta(days=per.days)).isoformat()
