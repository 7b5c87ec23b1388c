"""The programme itself, and what is earned in it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pakdee.domain.program.block import Block
from pakdee.domain.units import Amount, Words


class Unit(Block):
    """What is earned."""

    name: Words = Field(description="point, star, stamp …")
    round: Literal["floor", "nearest"] = Field(
        "floor",
        description="floor: only full amounts count (42.90 at 10 per 1 earns 420); nearest: parts do (429).",
    )
    scope: Literal["order", "line"] = Field(
        "order", description="What is rounded: a whole order, or each of its lines."
    )
    value: Amount | None = Field(None, description="What one unit is worth, for the report of what is owed.")


_POINT = {"name": {"en": "point", "th": "แต้ม"}}


class About(Block):
    """The programme itself."""

    name: Words = Field(description="What the programme is called.")
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="Must be the shop's currency.")
    unit: Unit = Field(_POINT, validate_default=True, description="What is earned; left out, points.")
    min_age: int | None = Field(None, ge=0, le=120, description="Members known to be younger earn nothing.")
    needs: tuple[Literal["email", "phone", "birth_date"], ...] = Field(
        (), description="What a customer must have given to be a member."
    )
