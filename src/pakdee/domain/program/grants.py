"""What members get: gifts, rewards for units, benefits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from pakdee.domain.program.block import MOST, Block, Cap, Period, Slip
from pakdee.domain.segment import NAME
from pakdee.domain.spans import Length, Span
from pakdee.domain.units import Amount, Share, Words

CAMPAIGN = "campaign"
_MONTH = Span(days=30)
GIVEN = frozenset(
    {
        CAMPAIGN, "always", "redeem", "balance", "schedule", "join", "birthday", "anniversary", "tier",
        "milestone", "order", "lapse",
    }
)  # fmt: skip
"""What gives a grant without being an activity."""

OF_CAMPAIGNS = frozenset({CAMPAIGN, "join", "birthday", "anniversary", "tier", "lapse"})
"""Occasions on which a campaign sends the grant; on others the programme gives it, or the member takes it."""

OF_THE_DAY = frozenset({"tier", "plan"})
"""Features that `where` of a grant asks as they were on the day on which the programme gives it."""

_OF_OCCASIONS = {
    "cost": ("redeem", "balance", "schedule"),
    "window": ("birthday", "anniversary"),
    "every": ("schedule",),
    "dates": ("schedule",),
}


class GrantKind(StrEnum):
    """What a grant gives."""

    PRODUCT = "product"
    MONEY = "money"
    PERCENT = "percent"
    UNITS = "units"
    SHIPPING = "shipping"
    ACCESS = "access"
    EXPERIENCE = "experience"
    CONTENT = "content"
    BADGE = "badge"
    SERVICE = "service"
    DONATION = "donation"


_OF_ONE_KIND = {
    "percent": GrantKind.PERCENT,
    "units": GrantKind.UNITS,
    "share": GrantKind.DONATION,
    "causes": GrantKind.DONATION,
}


class Milestone(Block):
    """A member's own total that is reached once."""

    activity: str = Field(pattern=NAME, description="Type of the activities.")
    count: int | None = Field(None, ge=1, le=int(MOST), description="How many of them.")
    sum: Decimal | None = Field(None, gt=0, le=MOST, description="What their amounts add up to.")

    def _slips(self) -> Iterator[Slip]:
        if (self.count is None) == (self.sum is None):
            what = "a total is a number of activities or the sum of their amounts"
            yield Slip(what, "give either count: or sum:")


class Around(Block):
    """Days around a date on which a grant can be used."""

    before: Length | None = Field(None, description="From how long before the date.")
    after: Length | None = Field(None, description="Until how long after it.")

    def _slips(self) -> Iterator[Slip]:
        if self.before is None and self.after is None:
            yield Slip("these days have no length", "write for example {before: 7 days, after: 7 days}")


class Budget(Block):
    """What may be given out altogether."""

    amount: Amount | None = Field(None, description="Worth so much.")
    times: int | None = Field(None, ge=1, description="So often.")
    per: Period = Field("ever", description="In each calendar period, or ever.")

    def _slips(self) -> Iterator[Slip]:
        if (self.amount is None) == (self.times is None):
            yield Slip("a budget is an amount or a number of times", "give either amount: or times:")


class Grant(Block):
    """Something given to a member; a campaign's `offer` names it by id."""

    id: str = Field(pattern=NAME)
    when: str = Field(
        CAMPAIGN,
        pattern=NAME,
        description="What gives it: a campaign, always, redeem (units, by choice), balance (units, by "
        "itself), schedule, join, birthday, anniversary, tier, milestone, order, lapse, or an activity.",
    )
    kind: GrantKind
    title: Words = Field(description="As it stands in the mail.")
    value: Amount | None = Field(None, description="What it is worth; kind money needs it.")
    percent: int | None = Field(None, ge=1, le=100, description="Per cent off, for kind percent.")
    units: int | None = Field(None, ge=1, description="How many units, for kind units.")
    share: Share | None = Field(None, description="Share of each order that is donated, for kind donation.")
    cost: int | None = Field(None, ge=1, description="Units it costs, for when redeem, balance and schedule.")
    where: str | None = Field(None, description="Only for whom this holds: tier in ('vib', 'rouge').")
    min_order: Amount | None = Field(None, description="Only with an order of at least so much.")
    window: Around | None = Field(None, description="Days around the birthday or anniversary.")
    valid: Length = Field(_MONTH, description="How long it can be used from the day it is given.")
    choose: Annotated[int, Field(ge=1)] | None = Field(None, description="How many of options may be chosen.")
    options: tuple[Words, ...] = Field((), description="What can be chosen from.")
    cap: Cap | None = Field(None, description="No more than this per member: {times: 1, per: 1 year}.")
    budget: Budget | None = Field(None, description="No more than this altogether.")
    every: Length | None = Field(None, description="How often, for when schedule.")
    dates: tuple[Annotated[str, Field(pattern=r"^\d\d-\d\d$")], ...] = Field(
        (), description='Days of the year, for when schedule: ["06-15"].'
    )
    at: Milestone | None = Field(None, description="For when milestone: {activity: workout, count: 10}.")
    partner: str | None = Field(None, pattern=NAME, description="Whose it is.")
    causes: tuple[str, ...] = Field((), description="Causes the member chooses from, for kind donation.")
    codes: Literal["unique", "pool", "none"] = Field(
        "unique", description="unique: one code per person; pool: the next one of lists/codes/ID.csv; none."
    )

    @property
    def is_of_campaigns(self) -> bool:
        """Whether a campaign gives it; else the programme does, or the member takes it."""
        return self.when in OF_CAMPAIGNS

    @property
    def is_given_by_itself(self) -> bool:
        """Whether the programme gives it, without a campaign and without the member's choosing."""
        return not self.is_of_campaigns and self.when not in {"always", "redeem"}

    @property
    def is_bought_by_balance(self) -> bool:
        """Whether a member's balance pays for it without their choosing, each time or on its dates."""
        return self.cost is not None and self.when in {"balance", "schedule"}

    def _slips(self) -> Iterator[Slip]:
        yield from self._worth()
        yield from self._limits()
        yield from self._occasion()
        yield from self._counted()
        yield from self._chosen()

    def _worth(self) -> Iterator[Slip]:
        """What a kind needs, and what only one kind has."""
        if self.kind is GrantKind.MONEY and self.value is None:
            yield Slip("kind money needs value:", "write for example value: 150 THB", "kind")
        if self.kind is GrantKind.DONATION and (self.share is None) == (self.value is None):
            what = "kind donation is a share: of the order or a value:"
            yield Slip(what, "give one of the two, for example share: 1%", "kind")
        for kind, key, example in (
            (GrantKind.PERCENT, "percent", "percent: 10"),
            (GrantKind.UNITS, "units", "units: 100"),
        ):
            if self.kind is kind and getattr(self, key) is None:
                yield Slip(f"kind {kind} needs {key}:", f"write for example {example}", "kind")
        for key, kind in _OF_ONE_KIND.items():
            if getattr(self, key) and self.kind is not kind:
                yield Slip(f"{key}: goes with kind {kind}, not with {self.kind}", "remove it", key)

    def _limits(self) -> Iterator[Slip]:
        if self.cap and self.cap.units and self.kind is not GrantKind.UNITS:
            what = f"a cap in units goes with kind units, not with {self.kind}"
            yield Slip(what, "write times: instead", "cap", "units")
        if self.budget and self.budget.amount and not (self.value or self.share):
            what = "a budget in money needs to know what the grant is worth"
            yield Slip(what, "add value:, or write times: instead", "budget", "amount")
        for key, is_set in (("budget", self.budget is not None), ("codes", self.codes == "pool")):
            if is_set and not self.is_of_campaigns:
                what = f"{key}: goes with what campaigns give, not with when: {self.when}"
                yield Slip(what, "remove it, or let a campaign give it (when: campaign)", key)
        if self.cap and self.when == "always":
            what = "what is there all the time cannot be counted, so cap: means nothing"
            yield Slip(what, "remove it, or change when:", "cap")
        for key, money in (("value", self.value), ("min_order", self.min_order)):
            if money and money.amount <= 0:
                yield Slip(f"{key}: must be more than 0", "write an amount, or leave it out", key)
        most = self.budget.amount if self.budget else None
        if most and self.value and most.amount < self.value.amount:
            what = "the budget is less than one of them is worth, so nobody would get it"
            yield Slip(what, "write a larger amount", "budget", "amount")
        if self.share and self.when != "order":
            yield Slip("share: is of an order", "write when: order, or value: instead", "share")

    def _occasion(self) -> Iterator[Slip]:
        """What goes with some occasions only."""
        for key, occasions in _OF_OCCASIONS.items():
            if getattr(self, key) and self.when not in occasions:
                what = f"{key}: goes with when: {', '.join(occasions)}, not with {self.when}"
                yield Slip(what, "remove it, or change when:", key)
        if self.when in {"redeem", "balance"} and self.cost is None:
            yield Slip(f"when: {self.when} needs cost:", "write how many units it costs", "when")
        if self.when == "schedule" and bool(self.dates) == bool(self.every):
            what = "when: schedule needs dates: or every:, not both"
            yield Slip(what, "write for example every: 1 month", "when")
        if self.is_bought_by_balance and self.kind is GrantKind.UNITS:
            what = f"units cannot pay for units without anybody's choosing, and {self.when} has a cost:"
            yield Slip(what, "use another kind:, or remove cost:", "kind")
        for number, date in enumerate(self.dates):
            if not _is_day_of_every_year(date):
                what = f"'{date}' is no day of every year"
                yield Slip(what, "write month-day, for example 06-15", "dates", number)
            elif date in self.dates[:number]:
                yield Slip(f"'{date}' stands here a second time", "remove one", "dates", number)

    def _counted(self) -> Iterator[Slip]:
        """`at`, for a milestone or for each so many of an activity."""
        if self.when == "milestone" and self.at is None:
            what = "when: milestone needs at:"
            yield Slip(what, "write for example at: {activity: workout, count: 10}", "when")
        if self.at and self.when in GIVEN - {"milestone"}:
            what = f"at: goes with when: milestone or an activity, not with {self.when}"
            yield Slip(what, "remove it, or change when:", "at")
        if self.at and self.when not in GIVEN and self.at.activity != self.when:
            what = f"at: counts '{self.at.activity}', but what gives the grant is '{self.when}'"
            yield Slip(what, f"write activity: {self.when}", "at", "activity")

    def _chosen(self) -> Iterator[Slip]:
        if self.options and self.choose is None:
            yield Slip(
                "options: need choose:", "write how many may be chosen, for example choose: 1", "options"
            )
        if self.choose is not None and len(self.options) <= self.choose:
            what = f"there is nothing to choose where all {self.choose} may be taken"
            yield Slip(what, "write more options: than may be chosen", "choose")

    @property
    def column(self) -> str:
        """Name of the boolean column that says for whom `where` holds."""
        return f"grant:{self.id}"


def _is_day_of_every_year(text: str) -> bool:
    try:
        dt.date.fromisoformat(f"2001-{text}")
    except ValueError:
        return False
    return True
