"""Tiers: how they are reached, kept and lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from pakdee.domain.program.block import MOST, Block, Slip
from pakdee.domain.segment import NAME
from pakdee.domain.spans import Length, Span, span_or
from pakdee.domain.units import Money, Words, parse_money


def parse_threshold(text: object) -> Money | Decimal:
    """`5000 THB` as Money, `500` as a number. Raises ValueError with an example of each."""
    found = _threshold(text)
    if bare(found) > MOST:
        raise ValueError(f"{text!r} is more than anybody reaches; write a smaller one")
    return found


def _threshold(text: object) -> Money | Decimal:
    if isinstance(text, Money | Decimal):
        return text
    if re.fullmatch(r"\d+(\.\d+)?", str(text).strip()):
        return Decimal(str(text).strip())
    try:
        return parse_money(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is neither an amount nor a number; write for example '5000 THB' or 500"
        ) from None


Threshold = Annotated[Money | Decimal, BeforeValidator(parse_threshold)]


class Level(Block):
    """One tier."""

    id: str = Field(pattern=NAME)
    title: Words
    at: Threshold = Field(
        description="From how much in the window it is reached: an amount for net_spend, else a number."
    )
    keep_at: Threshold | None = Field(None, description="How much keeps it; left out, as much as at.")
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
    window: Annotated[
        Span | Literal["calendar_year", "lifetime"], BeforeValidator(span_or("calendar_year", "lifetime"))
    ] = Field(description="Over what time: 12 months, calendar_year or lifetime.")
    keep: Annotated[
        Span | Literal["end_of_next_year", "forever"], BeforeValidator(span_or("end_of_next_year", "forever"))
    ] = Field(description="How long a reached tier is kept.")
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

    def _slips(self) -> Iterator[Slip]:
        yield from self._misplaced()
        yield from self._wrong_units()
        if (self.window == "lifetime") != (self.keep == "forever"):
            what = "what is counted over a lifetime is kept for ever, and nothing else is"
            yield Slip(what, "write window: lifetime and keep: forever, or neither", "keep")
        if self.metric == "activity_sum" and self.activity is None:
            yield Slip("metric activity_sum needs activity:", "name a type of activities", "metric")
        if self.metric != "activity_sum" and self.activity is not None:
            what = f"activity: goes with metric activity_sum, not with {self.metric}"
            yield Slip(what, "remove it", "activity")

    def _misplaced(self) -> Iterator[Slip]:
        """Levels that do not lie above the one before; levels by invitation may stand anywhere but first."""
        if self.levels[0].invite:
            what = "everyone begins on the first level, so it cannot be by invitation"
            yield Slip(what, "put another level before it", "levels", 0, "invite")
        earned = [(number, level) for number, level in enumerate(self.levels) if not level.invite]
        for number, level in earned:
            yield from _keeping(number, level)
        if earned and earned[0][1].threshold != 0:
            what = f"the lowest level, '{earned[0][1].id}', must begin at 0, since everyone has a tier"
            yield Slip(what, "add a level with at: 0 before it", "levels", earned[0][0], "at")
        for (_, lower), (number, level) in pairwise(earned):
            yield from _rising(lower, level, number)
        yield from self._called_alike()

    def _called_alike(self) -> Iterator[Slip]:
        """Levels whose members read the same title in some language."""
        seen: dict[tuple[str, str], str] = {}
        for number, level in enumerate(self.levels):
            alike = {seen[said] for said in level.title.root.items() if said in seen} - {level.id}
            if alike:
                what = f"'{level.id}' and '{min(alike)}' have the same title, so nobody could tell them apart"
                yield Slip(what, "give each a title of its own", "levels", number, "title")
            seen |= dict.fromkeys(level.title.root.items(), level.id)

    def _wrong_units(self) -> Iterator[Slip]:
        wanted = "an amount, for example 5000 THB" if self.in_money else "a number without a currency"
        for number, level in enumerate(self.levels):
            for key, value in (("at", level.at), ("keep_at", level.keep_at)):
                if value is not None and bare(value) != 0 and isinstance(value, Money) != self.in_money:
                    what = f"{key}: levels by {self.metric} have another unit"
                    yield Slip(what, f"write {wanted}", "levels", number, key)


def _keeping(number: int, level: Level) -> Iterator[Slip]:
    if level.keep_threshold > level.threshold:
        what = f"keeping '{level.id}' would take more than reaching it, so it would be lost at once"
        yield Slip(what, "write less than at: under keep_at:", "levels", number, "keep_at")


def _rising(lower: Level, level: Level, number: int) -> Iterator[Slip]:
    if level.threshold == lower.threshold:
        what = f"'{level.id}' and '{lower.id}' are reached at the same, so nobody would be '{lower.id}'"
        yield Slip(what, "change one of the two", "levels", number, "at")
    elif level.threshold < lower.threshold:
        what = f"'{level.id}' is reached before '{lower.id}', which stands below it"
        yield Slip(what, "put the levels in order, lowest first", "levels", number, "at")
