"""All of `program.yaml`."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pydantic import Field, model_validator

from pakdee.domain.program.about import About
from pakdee.domain.program.block import Block
from pakdee.domain.program.earning import EarnRule, Expiry
from pakdee.domain.program.grants import Grant
from pakdee.domain.program.ladder import Ladder
from pakdee.domain.program.membership import Cause, Membership
from pakdee.domain.program.tiers import Tiers
from pakdee.domain.segment import NAME
from pakdee.domain.units import Money


class Event(Block):
    """Days on which something special holds; earn rules ask `event = 'ID'`."""

    id: str = Field(pattern=NAME)
    from_: dt.date = Field(alias="from", description="First day.")
    until: dt.date = Field(description="Last day, inclusive.")

    @model_validator(mode="after")
    def _in_order(self) -> Event:
        if self.until < self.from_:
            raise ValueError("until: lies before from:")
        return self


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

    @model_validator(mode="after")
    def _one_currency(self) -> Program:
        odd = next((a for a in self._amounts() if a.currency != self.program.currency), None)
        if odd:
            raise ValueError(
                f"{odd.amount} {odd.currency}: the programme's currency is {self.program.currency}"
            )
        return self

    @model_validator(mode="after")
    def _no_two_alike(self) -> Program:
        plans = self.membership.plans if self.membership else ()
        for what, ids in (
            ("grants", [grant.id for grant in self.grants]),
            ("earn rules", [rule.name for rule in self.earn]),
            ("plans", [plan.id for plan in plans]),
            ("causes", [cause.id for cause in self.causes]),
            ("events", [event.id for event in self.events]),
        ):
            twice = next((name for name, count in Counter(ids).items() if count > 1), None)
            if twice:
                raise ValueError(f"two {what} are called '{twice}'; give each an id of its own")
        return self

    @model_validator(mode="after")
    def _names_known(self) -> Program:
        tiers = {level.id for level in self.tiers.levels} if self.tiers else set()
        named = {tier for rule in self.earn for tier in rule.by_tier}
        named |= set(self.expiry.by_tier) if self.expiry else set()
        if named - tiers:
            raise ValueError(f"by_tier: there is no tier '{min(named - tiers)}'")
        causes = {cause.id for cause in self.causes}
        lost = {cause for grant in self.grants for cause in grant.causes} - causes
        if lost:
            raise ValueError(f"there is no cause '{min(lost)}' under causes:")
        return self

    def _amounts(self) -> Iterator[Money]:
        yield from (rule.per for rule in self.earn if rule.per)
        for grant in self.grants:
            yield from (a for a in (grant.value, grant.min_order) if a)
            if grant.budget and grant.budget.amount:
                yield grant.budget.amount
        for level in self.tiers.levels if self.tiers else ():
            yield from (a for a in (level.at, level.keep_at) if isinstance(a, Money))
        for plan in self.membership.plans if self.membership else ():
            yield plan.price
        if self.program.unit.value:
            yield self.program.unit.value

    def grant(self, grant_id: str) -> Grant | None:
        """The grant with this id, None where there is none."""
        return next((grant for grant in self.grants if grant.id == grant_id), None)
