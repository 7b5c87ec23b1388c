"""What earns units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal

from pydantic import Field

from pakdee.domain.program.block import MOST, Block, Cap, Slip
from pakdee.domain.segment import NAME
from pakdee.domain.spans import Length
from pakdee.domain.units import Amount

ORDER = "order"
OCCASIONS = frozenset({ORDER, "join", "birthday", "referral", "survey"})
"""What earns without being an activity: all else that `when` names is a type of the table activities."""

KEEPING_ALIVE = frozenset({ORDER, "redeem"})
"""What keeps units alive without being an activity."""


class EarnRule(Block):
    """Units for something a member did; the units of all rules that fit add up."""

    id: str = Field("", pattern=rf"^$|{NAME}", description="Its name; left out, the one of `when`.")
    when: str = Field(
        pattern=NAME, description="order, join, birthday, referral, survey, or a type of activities."
    )
    per: Amount | None = Field(None, description="For each full amount of an order; left out, once.")
    give: Decimal = Field(gt=0, le=MOST, description="Units given for each of them, or once.")
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

    def _slips(self) -> Iterator[Slip]:
        if self.per is not None and self.when != ORDER:
            what = "per: is an amount of money, and only orders have one"
            yield Slip(what, "remove it, or write when: order", "per")
        if self.per is not None and self.per.amount <= 0:
            yield Slip("per: must be more than 0", "write for example 25 THB", "per")
        if self.proof and self.when in OCCASIONS:
            what = f"proof: goes with activities, not with when: {self.when}"
            yield Slip(what, "remove it, or name a type of activities", "proof")
        for tier, factor in self.by_tier.items():
            if factor <= 0:
                what = f"by_tier: members of '{tier}' would earn nothing or less"
                yield Slip(what, "write a factor above 0", "by_tier", tier)


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

    def _slips(self) -> Iterator[Slip]:
        if self.rule == "never":
            for key in ("after", "round", "keep_alive", "by_tier"):
                if getattr(self, key):
                    yield Slip(
                        f"units never run out, so {key}: means nothing", "remove it, or change rule:", key
                    )
        elif self.after is None:
            yield Slip(f"rule {self.rule} needs after:", "write for example after: 12 months", "rule")
        if self.rule == "inactivity" and not self.keep_alive:
            yield Slip(
                "rule inactivity needs keep_alive:", "write for example keep_alive: [order, redeem]", "rule"
            )
