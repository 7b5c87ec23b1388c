"""Rewards that members may choose for their units, and since when they have had enough for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pakdee.domain.program import Grant, Program
from pakdee.programme.connecting import choice, statement
from pakdee.programme.limiting import fitting, told

_NEVER_CHOSE = (
    "JOIN cheapest USING (customer_id) "
    "ANTI JOIN (SELECT customer_id FROM used WHERE kind = 'redeem') AS chose USING (customer_id)"
)


@dataclass(frozen=True)
class Choosing:
    """The rewards of a programme that have a cost and wait to be chosen.

    Args:
        fits: whom rewards with a condition are for, see `whom.fitting`.
    """

    program: Program
    fits: Mapping[str, str]

    @property
    def rewards(self) -> list[Grant]:
        """The rewards, the cheapest first."""
        chosen = (grant for grant in self.program.grants if grant.when == "redeem" and grant.cost)
        return sorted(chosen, key=lambda grant: grant.cost or 0)

    @property
    def cheapest(self) -> str:
        """The statement that lays out `cheapest`: what the cheapest reward costs that they may choose."""
        about = self.program.program
        member = f"has_contact AND {told(about, 'day - 1')} AND " if about.needs else ""
        costs = [(member + fitting(grant, self.fits), str(grant.cost)) for grant in self.rewards]
        return statement("cheapest").format(
            cost=choice(costs, "NULL"),
            members="JOIN facts_people USING (customer_id)" if about.needs else "",
        )

    @property
    def reached(self) -> str:
        """The statement that lays out `reached`; `cheapest`, `lots`, `reversals` and `used` must be there."""
        moves = statement("moves").format(
            dates="false", turns="", grants="customer_id", before="getvariable('day') + 1"
        )
        savers = statement("savers").format(whom=_NEVER_CHOSE, cheapest="any_value(cost)")
        return savers + statement("reached").format(moves=moves)
