"""Who a marketer means to reach, before any rule takes anyone out."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pakdee.domain.units import Words

NAME = r"^[a-z][a-z0-9_]{0,47}$"
EVERYONE = "everyone"


class Segment(BaseModel):
    """One `segments/*.yaml` file. Descriptions are the help texts marketers read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=NAME, description="The file name without .yaml.")
    title: Words = Field(description="What people see, in each language.")
    where: str | None = Field(
        None, description="A condition on features; only customers for whom it is true are in."
    )
    list: str | None = Field(
        None, description="A spreadsheet instead: lists/NAME.csv with a column customer_id."
    )

    @model_validator(mode="after")
    def _one_rule(self) -> Segment:
        if (self.where is None) == (self.list is None):
            raise ValueError("give either where: (a condition) or list: (a spreadsheet)")
        return self

    @property
    def column(self) -> str:
        """Name of the boolean column that says who is in."""
        return f"segment:{self.name}"
