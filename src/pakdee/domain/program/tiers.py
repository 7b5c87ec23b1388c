"""Tiers: how they are reached, kept and lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from pakdee.domain.program.block import Block
from pakdee.domain.segment import NAME
from pakdee.domain.spans import Length
from pakdee.domain.units import Amount, Money, Words


class Level(Block):
    """One tier."""

    id: str = Field(pattern=NAME)
    title: Words
    at: Amount | Decimal = Field(
        description="From how much in the window it is reached: an amount for net_spend, else a number."
    )
    keep_at: Amount | Decimal | None = Field(None, description="How much keeps it; left out, as much as at.")
    invite: bool = Field(False, description="Only by invitation, that is by tier_changes.")

    @property
    def threshold(self) -> Decimal:
        """`at` as a bare number, in the metric's own unit."""
        return bare(self.at)

    @property
    def keep_threshold(self) -> Decimal:
        """`keep_at` as a bare number."""
        return self.threshold if self.keep_at is None else bare(self.keep_at)


def bare(value: Money | Decimal) -> Decimal:
    """The number without its currency."""
    return value.amount if isinstance(value, Money) else value


class Tiers(Block):
    """Tiers, lowest first."""

    metric: Literal["net_spend", "units_earned", "order_count", "activity_sum"] = Field(
        description="What is counted."
    )
    activity: str | None = Field(None, pattern=NAME, description="Which activities, for metric activity_sum.")
    window: Length | Literal["calendar_year", "lifetime"] = Field(
        description="Over what time: 12 months, calendar_year or lifetime."
    )
    keep: Length | Literal["end_of_next_year", "forever"] = Field(
        description="How long a reached tier is kept."
    )
    grace: Length | None = Field(None, description="Time after a term in which the tier can still be kept.")
    drop: Literal["requalify", "one_down", "never"] = Field(
        "requalify",
        description="Where who cannot keep it goes: where they belong, one down, nowhere.",
    )
    on_return: Literal["recompute", "ignore"] = Field(
        "recompute", description="Whether a refund may take a tier back."
    )
    levels: tuple[Level, ...] = Field(min_length=2)

    @property
    def in_money(self) -> bool:
        """Whether thresholds are amounts of money."""
        return self.metric == "net_spend"

    @model_validator(mode="after")
    def _ladder(self) -> Tiers:
        thresholds = [level.threshold for level in self.levels if not level.invite]
        if not thresholds or thresholds[0] != 0 or thresholds != sorted(set(thresholds)):
            raise ValueError("levels must start at 0 and rise; no two may be alike")
        if len({level.id for level in self.levels}) != len(self.levels):
            raise ValueError("two levels have the same id")
        if any(level.keep_threshold > level.threshold for level in self.levels):
            raise ValueError("keep_at: may not be more than at:, else a tier is lost as it is reached")
        return self

    @model_validator(mode="after")
    def _fits(self) -> Tiers:
        if (self.window == "lifetime") != (self.keep == "forever"):
            raise ValueError("window lifetime goes with keep forever")
        if (self.metric == "activity_sum") != (self.activity is not None):
            raise ValueError("metric activity_sum needs activity:, the others have none")
        values = [v for level in self.levels for v in (level.at, level.keep_at) if v is not None]
        if any(isinstance(value, Money) != self.in_money and bare(value) != 0 for value in values):
            wanted = "an amount, for example 5000 THB" if self.in_money else "a number, without a currency"
            raise ValueError(f"levels of metric {self.metric} have {wanted}")
        return self
