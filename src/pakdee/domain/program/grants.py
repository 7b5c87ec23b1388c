"""What members get: gifts, rewards for units, benefits."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from pakdee.domain.program.block import Block, Cap
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


class Milestone(Block):
    """A member's own total that is reached once."""

    activity: str = Field(pattern=NAME, description="Type of the activities.")
    count: int | None = Field(None, ge=1, description="How many of them.")
    sum: Decimal | None = Field(None, gt=0, description="What their amounts add up to.")

    @model_validator(mode="after")
    def _one(self) -> Milestone:
        if (self.count is None) == (self.sum is None):
            raise ValueError("give either count: or sum:")
        return self


class Around(Block):
    """Days around a date on which a grant can be used."""

    before: Length | None = Field(None, description="From how long before the date.")
    after: Length | None = Field(None, description="Until how long after it.")


class Budget(Block):
    """What may be given out altogether."""

    amount: Amount | None = Field(None, description="Worth so much.")
    times: int | None = Field(None, ge=1, description="So often.")
    per: Length | Literal["ever"] = Field("ever", description="In each calendar period, or ever.")

    @model_validator(mode="after")
    def _one(self) -> Budget:
        if (self.amount is None) == (self.times is None):
            raise ValueError("give either amount: or times:")
        return self


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

    @model_validator(mode="after")
    def _worth(self) -> Grant:
        if (self.kind is GrantKind.PERCENT) != (self.percent is not None):
            raise ValueError("kind percent needs percent:, other kinds have none")
        if self.kind is GrantKind.MONEY and self.value is None:
            raise ValueError("kind money needs value:, for example 150 THB")
        if (self.kind is GrantKind.UNITS) != (self.units is not None):
            raise ValueError("kind units needs units:, other kinds have none")
        if self.kind is GrantKind.DONATION and (self.share is None) == (self.value is None):
            raise ValueError("kind donation needs either value: or share:")
        if self.share is not None and self.kind is not GrantKind.DONATION:
            raise ValueError("share: goes with kind donation")
        return self

    @model_validator(mode="after")
    def _occasion(self) -> Grant:
        if self.when in {"redeem", "balance"} and self.cost is None:
            raise ValueError(f"when {self.when} needs cost:, in units")
        if self.cost is not None and self.when not in {"redeem", "balance", "schedule"}:
            raise ValueError("cost: goes with when redeem, balance or schedule")
        if (self.when == "milestone") != (self.at is not None):
            raise ValueError("when milestone needs at:, others have none")
        if (self.dates or self.every) and self.when != "schedule":
            raise ValueError("dates: and every: go with when schedule")
        if self.choose is not None and len(self.options) <= self.choose:
            raise ValueError("choose: needs more options: than may be chosen")
        return self

    @property
    def column(self) -> str:
        """Name of the boolean column that says for whom `where` holds."""
        return f"grant:{self.id}"
