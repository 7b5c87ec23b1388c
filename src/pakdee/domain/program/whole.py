"""All of `program.yaml`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, Field, model_validator

from pakdee.domain.program.about import About
from pakdee.domain.program.block import Block, Slip, instead_of
from pakdee.domain.program.earning import KEEPING_ALIVE, OCCASIONS, EarnRule, Expiry
from pakdee.domain.program.grants import GIVEN, Grant, GrantKind
from pakdee.domain.program.ladder import Ladder
from pakdee.domain.program.membership import Cause, Membership
from pakdee.domain.program.tiers import Tiers
from pakdee.domain.segment import NAME
from pakdee.domain.units import Money

_BUDDHIST, _BUDDHIST_AHEAD = 2400, 543


class Event(Block):
    """Days on which something special holds; earn rules ask `event = 'ID'`."""

    id: str = Field(pattern=NAME)
    from_: dt.date = Field(alias="from", description="First day.")
    until: dt.date = Field(description="Last day, inclusive.")

    def _slips(self) -> Iterator[Slip]:
        if self.until < self.from_:
            yield Slip("until: lies before from:", "correct one of the two", "until")
        if self.from_.year >= _BUDDHIST:
            what = f"the year {self.from_.year} looks Buddhist"
            yield Slip(what, f"write {self.from_.year - _BUDDHIST_AHEAD}", "from")


class Program(Block):
    """All of `program.yaml`."""

    program: About
    earn: tuple[EarnRule, ...] = ()
    tiers: Tiers | None = None
    grants: tuple[Grant, ...] = ()
    expiry: Expiry | None = None
    membership: Membership | None = None
    causes: tuple[Cause, ...] = ()
    events: tuple[Event, ...] = ()
    ladder: Ladder = Ladder()

    @model_validator(mode="before")
    @classmethod
    def _grants_live(cls, value: Any) -> Any:
        """A grant that says nothing of its time is valid as long as `expiry` says."""
        if not isinstance(value, dict):
            return value
        expiry, grants = value.get("expiry"), value.get("grants")
        after = expiry.get("grant_after") if isinstance(expiry, dict) else None
        if after is None or not isinstance(grants, list):
            return value
        told = [{"valid": after, **grant} if isinstance(grant, dict) else grant for grant in grants]
        return {**value, "grants": told}

    def _slips(self) -> Iterator[Slip]:
        yield from self._other_money()
        yield from self._twice()
        yield from self._unknown()
        yield from self._two_at_once()

    def _other_money(self) -> Iterator[Slip]:
        own = self.program.currency
        for steps, money in amounts_in(self):
            if money.currency != own:
                what = f"{money.amount} {money.currency} is not in the programme's currency"
                yield Slip(what, f"write the amount in {own}", *steps)

    def _twice(self) -> Iterator[Slip]:
        """Everything has a name of its own; the second that has it is told."""
        for steps, entries in self._named().items():
            seen: set[str] = set()
            for number, name in enumerate(entries):
                if name in seen:
                    what = f"'{name}' is already the name of another one of {steps[-1]}"
                    yield Slip(what, "write an id: of its own", *steps, number, "id")
                seen.add(name)

    def _named(self) -> Mapping[tuple[str, ...], Sequence[str]]:
        return {
            ("earn",): [rule.name for rule in self.earn],
            ("tiers", "levels"): [level.id for level in self.tiers.levels] if self.tiers else [],
            ("grants",): [grant.id for grant in self.grants],
            ("membership", "plans"): [plan.id for plan in self.membership.plans] if self.membership else [],
            ("causes",): [cause.id for cause in self.causes],
            ("events",): [event.id for event in self.events],
        }

    def _unknown(self) -> Iterator[Slip]:
        """Tiers and causes that are named and do not exist."""
        tiers = [level.id for level in self.tiers.levels] if self.tiers else []
        rules = [(("earn", number), rule.by_tier) for number, rule in enumerate(self.earn)]
        of_expiry = [(("expiry",), self.expiry.by_tier)] if self.expiry else []
        for steps, by_tier in (*rules, *of_expiry):
            for tier in by_tier:
                if tier not in tiers:
                    hint = instead_of(tier, tiers, "write the id of one of the levels of tiers:")
                    yield Slip(f"by_tier: there is no tier '{tier}'", hint, *steps, "by_tier", tier)
        causes = [cause.id for cause in self.causes]
        for number, grant in enumerate(self.grants):
            for place, cause in enumerate(grant.causes):
                if cause not in causes:
                    hint = instead_of(cause, causes, "add it to the block causes:")
                    yield Slip(f"there is no cause '{cause}'", hint, "grants", number, "causes", place)

    def _two_at_once(self) -> Iterator[Slip]:
        """A day has one event, and units are turned into one kind of grant by themselves."""
        events = sorted(enumerate(self.events), key=lambda entry: entry[1].from_)
        for (_, earlier), (number, event) in pairwise(events):
            if event.from_ <= earlier.until:
                what = f"'{event.id}' begins before '{earlier.id}' is over, and a day can have one event"
                yield Slip(what, "change the days of one of the two", "events", number, "from")
        taking = [number for number, grant in enumerate(self.grants) if grant.when == "balance"]
        for number in taking[1:]:
            what = f"'{self.grants[taking[0]].id}' already takes the units as soon as there are enough"
            yield Slip(what, "let one grant have when: balance", "grants", number, "when")

    @property
    def gives_units(self) -> bool:
        """Whether anything at all puts units into accounts: a rule of `earn`, or a grant."""
        return bool(self.earn) or any(grant.kind is GrantKind.UNITS for grant in self.grants)

    @property
    def activities(self) -> Mapping[str, tuple[str | int, ...]]:
        """Types of activities that the programme names, each with the keys that lead to its first mention."""
        found: dict[str, tuple[str | int, ...]] = {}
        for number, rule in enumerate(self.earn):
            if rule.when not in OCCASIONS:
                found.setdefault(rule.when, ("earn", number, "when"))
        if self.tiers and self.tiers.activity:
            found.setdefault(self.tiers.activity, ("tiers", "activity"))
        for number, grant in enumerate(self.grants):
            if grant.when not in GIVEN:
                found.setdefault(grant.when, ("grants", number, "when"))
            if grant.at:
                found.setdefault(grant.at.activity, ("grants", number, "at", "activity"))
        for place, name in enumerate(self.expiry.keep_alive if self.expiry else ()):
            if name not in KEEPING_ALIVE:
                found.setdefault(name, ("expiry", "keep_alive", place))
        return found

    def grant(self, grant_id: str) -> Grant | None:
        """The grant with this id, None where there is none."""
        return next((grant for grant in self.grants if grant.id == grant_id), None)


def amounts_in(
    value: Any, steps: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Money]]:
    """Every amount of money in a block, with the keys that lead to it."""
    if isinstance(value, Money):
        yield steps, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from amounts_in(getattr(value, name), (*steps, name))
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            yield from amounts_in(inner, (*steps, number))
