"""Paid plans."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pakdee.domain.program.block import Block
from pakdee.domain.segment import NAME
from pakdee.domain.spans import Length
from pakdee.domain.units import Amount, Words


class PaidPlan(Block):
    """What a member pays for, and for how long."""

    id: str = Field(pattern=NAME)
    title: Words
    price: Amount
    per: Length = Field(description="Length of a term: 1 month, 1 year.")
    trial: Length | None = Field(None, description="Free time at the beginning.")


class Membership(Block):
    """Paid plans, and what happens at a term's end."""

    plans: tuple[PaidPlan, ...] = Field(min_length=1)
    renew: Literal["auto", "manual"] = Field(description="Whether a term renews itself.")
    remind: tuple[Length, ...] = Field((), description="How long before the end members are reminded.")
    lapse_grace: Length | None = Field(None, description="How long benefits outlast an end without renewal.")
    refund: Literal["unused"] | None = Field(None, description="unused: a term nobody used is paid back.")


class Cause(Block):
    """What donations go to."""

    id: str = Field(pattern=NAME)
    title: Words
