"""How a shop's own export files become canonical tables: one file of `sources/`."""

from __future__ import annotations

import codecs
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from pakdee.domain.segment import NAME
from pakdee.domain.units import Words

DATE_PARTS = ("yyyy", "yy", "MMMM", "MMM", "MM", "M", "dd", "d", "HH", "H", "mm", "ss")
_PART = re.compile("|".join(DATE_PARTS))


def _encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(
            f"{name!r} is no encoding; write cp874 for Thai Windows files, utf-8 for most others"
        ) from None


def _date_pattern(text: str) -> str:
    parts = set(_PART.findall(text))
    has_day = parts & {"d", "dd"} and parts & {"M", "MM", "MMM", "MMMM"} and parts & {"yy", "yyyy"}
    if not has_day or re.search(r"[A-Za-z]", _PART.sub("", text).replace("T", "")):
        raise ValueError(f"{text!r} is not a date pattern; write for example dd/MM/yyyy or dd/MM/yyyy HH:mm")
    return text


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Pattern = Annotated[str, AfterValidator(_date_pattern)]
Patterns = Annotated[tuple[Pattern, ...], BeforeValidator(_listed)]
Headings = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Calendar = Literal["gregorian", "buddhist"]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Numbers(_File):
    """How the file writes numbers."""

    decimal: Literal[".", ","] = Field(".", description="Between whole and fraction.")
    thousands: Literal["", ",", ".", " ", "'"] = Field("", description="Between groups of three digits.")

    @model_validator(mode="after")
    def _differ(self) -> Numbers:
        if self.decimal == self.thousands:
            raise ValueError("decimal: and thousands: cannot be the same sign")
        return self


class Reading(_File):
    """Where one canonical column comes from, and how its text is understood."""

    heading: Headings = Field(
        (), description="The heading in the file; several are joined with a space, such as a date and a time."
    )
    always: str | None = Field(None, description="The same value for every row, instead of a heading.")
    dates: Patterns = Field((), description="How dates are written here, if not as in the rest of the file.")
    calendar: Calendar | None = Field(None, description="buddhist: 2569 is 2026.")
    yes: Headings = Field((), description="Wordings that mean yes.")
    no: Headings = Field((), description="Wordings that mean no.")
    words: dict[str, str] = Field(
        {}, description="The file's words and ours, such as {fulfilled: delivered}; an empty text means none."
    )
    otherwise: str | None = Field(None, description="What every wording not in words: means.")
    strip: str = Field("", description="Signs taken off both ends, such as the ' before Shopify's numbers.")
    times: str | None = Field(
        None, description="A heading whose number the amount is multiplied by, such as the quantity."
    )
    less: Headings = Field((), description="Headings whose amounts are taken off, such as shipping.")
    zone: Literal["shop", "utc"] = Field(
        "shop", description="Where the clock of times without an offset hangs; utc, or the shop's own."
    )
    sum: bool = Field(False, description="With one_row_per: added up over the rows, instead of the first.")
    find_by: Literal["email"] | None = Field(
        None, description="For customer_id: the heading holds an e-mail; the customer with it is meant."
    )
    count_per: str | None = Field(
        None, description="For line numbers: 1, 2, 3 … within each value of this heading."
    )

    @model_validator(mode="after")
    def _one_origin(self) -> Reading:
        origins = [bool(self.heading), self.always is not None, self.count_per is not None]
        if sum(origins) != 1:
            raise ValueError("give one of heading:, always: and count_per:")
        if bool(self.yes) != bool(self.no):
            raise ValueError("give both yes: and no:, so that a new wording is noticed instead of guessed")
        return self


def _reading(value: object) -> object:
    return {"heading": value} if isinstance(value, (str, list, tuple)) else value


class SourceTable(_File):
    """One canonical table and the file it comes from."""

    file: str = Field(min_length=1, description="The file's name; * stands for anything, as in orders_*.csv.")
    one_row_per: str | None = Field(
        None,
        description="A canonical column: rows with the same value are one, each cell the first non-empty.",
    )
    columns: dict[str, Annotated[Reading, BeforeValidator(_reading)]] = Field(
        min_length=1, description="Canonical column: heading in the file."
    )
    encoding: Annotated[str, AfterValidator(_encoding)] | None = Field(
        None, description="If this file differs from the others."
    )
    skip_lines: int = Field(0, ge=0, le=100, description="Title lines above the headings.")

    @model_validator(mode="after")
    def _grouped(self) -> SourceTable:
        if self.one_row_per is not None and self.one_row_per not in self.columns:
            raise ValueError(f"one_row_per: {self.one_row_per!r} is not among columns:")
        if self.one_row_per is None and any(column.sum for column in self.columns.values()):
            raise ValueError("sum: works only with one_row_per:")
        return self


class Source(_File):
    """One `sources/*.yaml` file. Descriptions are the help texts marketers read."""

    name: str = Field(pattern=NAME, description="The file name without .yaml.")
    title: Words = Field(description="Which system's export this is.")
    encoding: Annotated[str, AfterValidator(_encoding)] = Field(
        "utf-8",
        description="How the files are written: cp874 for Thai Windows systems, utf-8 for most others.",
    )
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = Field(
        None, description="What separates columns; without it the first line decides between , ; | and tab."
    )
    dates: Patterns = Field(
        (), description="How dates are written; without it 2026-11-22 or 2026-11-22 10:15."
    )
    calendar: Calendar = Field("gregorian", description="buddhist: 2569 is 2026.")
    numbers: Numbers = Numbers()
    tables: dict[str, SourceTable] = Field(min_length=1, description="Canonical table: its file and columns.")
