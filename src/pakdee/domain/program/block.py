"""What all blocks of `program.yaml` have in common."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from pakdee.domain.spans import Span, span_or

MOST = Decimal(1_000_000_000_000)
"""Larger numbers are slips of the keyboard, and sums of them would not fit into accounts."""


class Slip(ValueError):
    """Something wrong in a block, and what to do; `steps` lead from the block to the key."""

    def __init__(self, what: str, next_step: str, *steps: str | int) -> None:
        super().__init__(f"{what}; {next_step}")
        self.what, self.next_step, self.steps = what, next_step, steps


class Slips(ValueError):
    """All that is wrong in a block."""

    def __init__(self, slips: Sequence[Slip]) -> None:
        super().__init__(". ".join(map(str, slips)))
        self.slips = tuple(slips)


class Block(BaseModel):
    """A part of the file: keys that are not listed are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @model_validator(mode="after")
    def _sound(self) -> Block:
        slips = tuple(self._slips())
        if slips:
            raise Slips(slips)
        return self

    def _slips(self) -> Iterator[Slip]:
        """What does not fit together in this block."""
        return iter(())


def instead_of(name: str, known: Collection[str], else_: str) -> str:
    """What to write instead of a name that does not exist: the nearest one, where one is near."""
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"write '{near[0]}'" if near else else_


Period = Annotated[Span | Literal["ever"], BeforeValidator(span_or("ever"))]


class Cap(Block):
    """No more than this in each period.

    Periods are those of the calendar, so that a member can be told: `1 year` is a calendar year, `4 months` a
    third of one, `7 days` Monday to Sunday (blocks of days are counted from Monday, 5 January 1970).
    """

    times: int | None = Field(None, ge=1, description="How often.")
    units: int | None = Field(None, ge=1, description="How many units altogether.")
    per: Period = Field(description="In each 7 days, 1 month, 1 year …, or ever.")

    def _slips(self) -> Iterator[Slip]:
        if (self.times is None) == (self.units is None):
            yield Slip("a cap is a number of times or of units", "give one of the two, for example times: 10")
