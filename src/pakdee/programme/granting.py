"""Grants that the programme gives by itself: for orders, activities, milestones, on dates, for units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pakdee.domain.program import Grant, GrantKind, Program
from pakdee.domain.program.earning import ORDER
from pakdee.domain.program.grants import GIVEN
from pakdee.programme.connecting import statement, text
from pakdee.programme.earning import IS_AN_ORDER
from pakdee.programme.limiting import capped_times, fitting, is_due, most_of, of_members

MILESTONE = "milestone"
NOTHING_GIVEN = "SELECT customer_id, day, NULL AS value FROM facts_orders WHERE false"


@dataclass(frozen=True)
class Granting:
    """What a programme grants without a campaign.

    Args:
        fits: whom grants with a condition are for, see `whom.fitting`.
    """

    program: Program
    fits: Mapping[str, str]

    @property
    def milestones(self) -> list[Grant]:
        """Grants for a member's own total."""
        return [grant for grant in self.program.grants if grant.when == MILESTONE]

    @property
    def donations(self) -> list[Grant]:
        """Grants by which something is donated for what a member did."""
        return [g for g in self._free if g.kind is GrantKind.DONATION and g.when != "schedule"]

    @property
    def _free(self) -> list[Grant]:
        occasions = {ORDER, MILESTONE, "schedule"}
        return [
            g for g in self.program.grants if g.cost is None and (g.when in occasions or g.when not in GIVEN)
        ]

    @property
    def of_units(self) -> list[Grant]:
        """Grants that put units into the account."""
        return [grant for grant in self._free if grant.kind is GrantKind.UNITS]

    @property
    def units(self) -> str:
        """The statement that lays out `given`; `added` must be there, and tiers where a grant asks them."""
        granted = "".join(
            statement("granted_units").format(units=grant.units, granted=self._given(grant))
            for grant in self.of_units
        )
        return statement("given").format(kind="TABLE" if granted else "VIEW", granted=granted)

    def all(self) -> str:
        """The SQL of everything granted; `bought` must be there where balances pay for something."""
        paid = [
            statement("granted").format(
                occasions=f"(FROM bought WHERE rule = {text(grant.id)})", fits="true", **_about(grant)
            )
            for grant in self.program.grants
            if grant.is_bought_by_balance
        ]
        return " UNION ALL ".join([*map(self._given, self._free), *paid])

    def given(self, grants: Iterable[Grant]) -> str:
        """The SQL of what was given by these grants, free of cost."""
        return " UNION ALL ".join(map(self._given, grants))

    def _given(self, grant: Grant) -> str:
        given = statement("granted").format(
            occasions=of_members(_occasions(grant), self.program.program, of_age=False),
            fits=fitting(grant, self.fits),
            **_about(grant),
        )
        return capped_times(given, grant.cap, most_of(grant, grant.cap)) if grant.cap else given


def _about(grant: Grant) -> dict[str, str]:
    return {
        "name": text(grant.id),
        "valid": grant.valid.sql,
        "value": str(grant.value.amount) if grant.value else "NULL",
        "cause": text(grant.when),
    }


def _occasions(grant: Grant) -> str:
    if grant.when == ORDER:
        return statement("occasions_orders").format(
            is_an_order=IS_AN_ORDER,
            least=grant.min_order.amount if grant.min_order else 0,
            share=grant.share if grant.share is not None else "NULL",
        )
    if grant.when == "schedule":
        return statement("occasions_schedule").format(due=is_due(grant, "day"))
    if grant.at:
        return statement(
            "occasions_milestone" if grant.when == MILESTONE else "occasions_each_so_many"
        ).format(
            type=text(grant.at.activity),
            worth="1" if grant.at.count else "coalesce(amount, 1)",
            goal=grant.at.count or grant.at.sum,
        )
    return statement("occasions_activities").format(type=text(grant.when))
