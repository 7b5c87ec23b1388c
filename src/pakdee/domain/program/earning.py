"""What earns units."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from pakdee.domain.program.block import Block, Cap
from pakdee.domain.segment import NAME
from pakdee.domain.spans import Length
from pakdee.domain.units import Amount

ORDER = "order"
OCCASIONS = frozenset({ORDER, "join", "birthday", "referral", "survey"})
"""What earns without being an activity: all else that `when` names is a type of the table activities."""


class EarnRule(Block):
    """Units for something a member did; the units of all rules that fit add up."""

    id: str = Field("", pattern=rf"^$|{NAME}", description="Its name; left out, the one of `when`.")
    when: str = Field(
        pattern=NAME, description="order, join, birthday, referral, survey, or a type of activities."
    )
    per: Amount | None = Field(None, description="For each full amount of an order; left out, once.")
    give: Decimal = Field(gt=0, description="Units given for each of them, or once.")
    where: str | None = Field(
        None, description="Only where this holds of the order or activity: channel = 'online'."
    )
    by_tier: Mapping[str, Decimal] = Field(
        default_factory=dict, description="Times so many for members of a tier: {gold: 1.25}."
    )
    cap: Cap | None = Field(None, description="No more than this: {times: 10, per: 1 year}.")
    pending: Length | None = Field(None, description="How long units wait until they can be used.")
    counts_for_tier: bool = Field(True, description="Whether they count where tiers go by units earned.")
    reverse: bool = Field(True, description="Whether a refund takes the units of an order back.")
    proof: str | None = Field(
        None,
        description="What proves it, as ticket_id: the same proof_key earns once, whoever brings it.",
    )

    @property
    def name(self) -> str:
        """What entries call the rule."""
        return self.id or self.when

    @model_validator(mode="after")
    def _fits(self) -> EarnRule:
        if self.per is not None and self.when != ORDER:
            raise ValueError("per: is an amount of money, so it goes with when: order")
        if self.per is not None and self.per.amount <= 0:
            raise ValueError("per: must be more than 0")
        if self.proof and self.when in OCCASIONS:
            raise ValueError(f"proof: goes with activities, not with when: {self.when}")
        if any(factor <= 0 for factor in self.by_tier.values()):
            raise ValueError("by_tier: a factor must be more than 0")
        return self


class Expiry(Block):
    """When units run out.

    `age` counts from the day units can be used. `inactivity`: each `keep_alive` starts the time anew for all
    units there are; units that came later have at least their own time. `last_on` is a unit's last day.
    """

    rule: Literal["never", "age", "inactivity"] = Field(description="never, by age, or by inactivity.")
    after: Length | None = Field(None, description="After how long, for example 12 months.")
    round: Literal["month_end"] | None = Field(None, description="month_end: at the end of that month.")
    keep_alive: tuple[str, ...] = Field(
        (), description="What starts the time anew: order, redeem, a type of activities."
    )
    by_tier: Mapping[str, Literal["never"]] = Field(
        default_factory=dict, description="Tiers whose units never run out: {gold: never}."
    )
    grant_after: Length | None = Field(None, description="How long a grant is valid that does not say.")

    @model_validator(mode="after")
    def _fits(self) -> Expiry:
        if (self.rule == "never") != (self.after is None):
            raise ValueError("rule never has no after:, the others need it, for example 12 months")
        if self.rule == "inactivity" and not self.keep_alive:
            raise ValueError("inactivity needs keep_alive:, for example [order, redeem]")
        return self
