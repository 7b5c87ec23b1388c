"""The loyalty ladder and the four kinds of loyalty: thresholds and weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from pakdee.domain.program.block import Block

PRESETS: Mapping[str, Mapping[str, int]] = {
    "grocery": {"active_days": 45, "advocate_days": 180},
    "fashion": {"active_days": 270, "advocate_days": 540},
    "cafe": {"active_days": 60, "advocate_days": 180},
    "subscription": {"active_days": 45, "advocate_days": 365},
}
"""By kind of shop, the lengths that differ with how often people buy there; nothing else."""


class Psychological(Block):
    """What is known of a customer is weighed: 90, 87.5 and 60 alike give 79.2."""

    nps: float = Field(1, ge=0, description="Weight of ten times the last NPS answer.")
    rating: float = Field(1, ge=0, description="Weight of the mean rating, 1 to 5 as 0 to 100.")
    full_price: float = Field(1, ge=0, description="Weight of the share bought at full price, in percent.")


class Behavioural(Block):
    """Points out of 100: how often, how lately, how regularly, and whether others came along."""

    orders: float = Field(40, ge=0, description="Points for full_orders in a year; fewer give their part.")
    full_orders: int = Field(6, ge=1, description="Orders in 365 days that give all points for orders.")
    recency: float = Field(30, ge=0, description="Points for an order today; none after active_days.")
    regularity: float = Field(20, ge=0, description="Points for always the same time between orders.")
    referral: float = Field(10, ge=0, description="Points for a friend who bought in 365 days.")


class ByMarketing(Block):
    """Points out of 100: how much offers, points and membership hold a customer."""

    offers: float = Field(50, ge=0, description="Points for buying only with discounts or offers.")
    redeemed: float = Field(30, ge=0, description="Points for having redeemed all that was earned.")
    member: float = Field(20, ge=0, description="Points for being a member.")


class Types(Block):
    """How the four kinds of loyalty are scored, 0 to 100 each, and when one of them is the customer's."""

    dominant: float = Field(50, ge=0, le=100, description="Below this score no kind of loyalty is told.")
    ahead: float = Field(10, ge=0, le=100, description="So far must it be ahead of the next; else mixed.")
    psychological: Psychological = Psychological()
    behavioural: Behavioural = Behavioural()
    marketing: ByMarketing = ByMarketing()
    social_full: int = Field(20, ge=1, description="Social engagement in 365 days that scores 100.")


class Ladder(Block):
    """Thresholds of the loyalty ladder (rungs after Payne et al.); all limits are inclusive."""

    preset: Literal["grocery", "fashion", "cafe", "subscription"] | None = Field(
        None, description="Usual lengths of active_days and advocate_days for this kind of shop."
    )
    settle: Literal["month", "at_once"] = Field(
        "month",
        description="Whether customers fall from a rung only when a month is over; they rise at once.",
    )
    client_orders: int = Field(3, ge=1, description="Orders in 365 days that make a client.")
    active_days: int = Field(180, ge=1, description="Days without an order after which a customer is lapsed.")
    supporter_signals: int = Field(
        1, ge=1, le=5, description="How many signs of liking make a client a supporter."
    )
    promoter: int = Field(9, ge=0, le=10, description="NPS answer that is a sign of liking.")
    good_rating: float = Field(4, ge=1, le=5, description="Mean rating that is a sign of liking.")
    ratings: int = Field(2, ge=1, description="How many ratings the mean must be of.")
    clicks: int = Field(3, ge=1, description="Mails clicked in 90 days that are a sign of liking.")
    social_points: int = Field(6, ge=1, description="Social engagement in 365 days that is a sign of liking.")
    full_price: float = Field(
        0.8, ge=0, le=1, description="Share bought at full price that is a sign of liking."
    )
    full_price_orders: int = Field(4, ge=1, description="Orders in 365 days that this share must be of.")
    advocate_days: int = Field(365, ge=1, description="An advocate has ordered within so many days.")
    referrals: int = Field(1, ge=1, description="Friends who bought in 365 days that make an advocate.")
    reviews: int = Field(
        2, ge=1, description="Good reviews in 365 days that, with a promoter's answer, make an advocate."
    )
    types: Types = Types()

    @model_validator(mode="before")
    @classmethod
    def _preset(cls, value: Any) -> Any:
        """What is written goes before the preset."""
        return {**PRESETS.get(str(value.get("preset")), {}), **value} if isinstance(value, dict) else value
