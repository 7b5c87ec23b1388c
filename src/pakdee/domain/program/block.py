"""What all blocks of `program.yaml` have in common."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pakdee.domain.spans import Length


class Block(BaseModel):
    """A part of the file: keys that are not listed are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Cap(Block):
    """No more than this in each period.

    Periods are those of the calendar, so that a member can be told: `1 year` is a calendar year, `4 months` a
    third of one, `7 days` Monday to Sunday (blocks of days are counted from Monday, 5 January 1970).
    """

    times: int | None = Field(None, ge=1, description="How often.")
    units: int | None = Field(None, ge=1, description="How many units altogether.")
    per: Length | Literal["ever"] = Field(description="In each 7 days, 1 month, 1 year …, or ever.")

    @model_validator(mode="after")
    def _one(self) -> Cap:
        if (self.times is None) == (self.units is None):
            raise ValueError("give either times: or units:")
        return self
