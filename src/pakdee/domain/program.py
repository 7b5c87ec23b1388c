"""The loyalty programme as `program.yaml` states it: earning, tiers, grants, ladder."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pakdee.domain.segment import NAME
from pakdee.domain.units import Amount, Duration, Words


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Unit(_Block):
    """What is earned."""

    name: Words = Field(description="point, star, stamp …")


class About(_Block):
    """The programme itself."""

    name: Words = Field(description="What the programme is called.")
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="Must be the shop's currency.")
    unit: Unit


class EarnRule(_Block):
    """Units for money spent: `give` units for each full `per` of an order."""

    when: Literal["order"]
    per: Amount = Field(description="For each full amount of one order, for example 25 THB.")
    give: int = Field(gt=0, description="Units given for each of them.")


class Level(_Block):
    """One tier."""

    id: str = Field(pattern=NAME)
    title: Words
    at: Amount = Field(description="Net spend in the window from which the tier is reached; the first is 0.")


class Tiers(_Block):
    """Tiers by net spend, lowest first."""

    metric: Literal["net_spend"]
    window: Literal["calendar_year", "lifetime"]
    keep: Literal["end_of_next_year", "forever"] = Field(description="How long a reached tier is kept.")
    levels: tuple[Level, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _ladder_of_amounts(self) -> Tiers:
        amounts = [level.at.amount for level in self.levels]
        if amounts[0] != 0 or amounts != sorted(set(amounts)):
            raise ValueError("levels must start at 0 and rise; no two may be alike")
        if len({level.id for level in self.levels}) != len(self.levels):
            raise ValueError("two levels have the same id")
        if (self.window == "lifetime") != (self.keep == "forever"):
            raise ValueError("window calendar_year goes with keep end_of_next_year, lifetime with forever")
        return self


class GrantKind(StrEnum):
    """What a grant gives."""

    PRODUCT = "product"
    MONEY = "money"
    PERCENT = "percent"


class Grant(_Block):
    """Something given to a member; a campaign's `offer` names it by id."""

    id: str = Field(pattern=NAME)
    when: Literal["birthday", "tier", "join", "order", "lapse"] = Field(description="What earns it.")
    kind: GrantKind
    title: Words = Field(description="As it stands in the mail.")
    value: Amount | None = Field(None, description="What it is worth, for kind money and product.")
    percent: int | None = Field(None, ge=1, le=100, description="Per cent off, for kind percent.")
    codes: Literal["unique", "none"] = Field(
        "unique", description="unique: one code per person, reserved with the message."
    )
    valid: Duration = Field(description="How long it can be used, counted from the message's day.")

    @model_validator(mode="after")
    def _worth(self) -> Grant:
        if (self.kind is GrantKind.PERCENT) != (self.percent is not None):
            raise ValueError("kind percent needs percent:, other kinds need value:")
        if self.kind is not GrantKind.PERCENT and self.value is None:
            raise ValueError(f"kind {self.kind} needs value:, for example 150 THB")
        return self


class Ladder(_Block):
    """Thresholds of the loyalty ladder (rungs after Payne et al.)."""

    client_orders: int = Field(3, ge=1, description="Orders in 365 days that make a client.")
    active_days: int = Field(180, ge=1, description="Days without an order after which a customer is lapsed.")


class Program(_Block):
    """All of `program.yaml`."""

    program: About
    earn: tuple[EarnRule, ...] = ()
    tiers: Tiers | None = None
    grants: tuple[Grant, ...] = ()
    ladder: Ladder = Ladder()

    @model_validator(mode="after")
    def _one_currency(self) -> Program:
        amounts = [rule.per for rule in self.earn] + [g.value for g in self.grants if g.value]
        amounts += [level.at for level in self.tiers.levels] if self.tiers else []
        odd = next((a for a in amounts if a.currency != self.program.currency), None)
        if odd:
            raise ValueError(
                f"{odd.amount} {odd.currency}: the programme's currency is {self.program.currency}"
            )
        if len({grant.id for grant in self.grants}) != len(self.grants):
            raise ValueError("two grants have the same id")
        return self

    def grant(self, grant_id: str) -> Grant | None:
        """The grant with this id, None where there is none."""
        return next((grant for grant in self.grants if grant.id == grant_id), None)
