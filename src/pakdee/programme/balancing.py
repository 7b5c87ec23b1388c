"""Grants that are paid for by the balance, by themselves or on their dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pakdee.domain.program import Grant, Program
from pakdee.programme.connecting import statement, text
from pakdee.programme.limiting import begins, fitting, is_due, most_of, period, told


@dataclass(frozen=True)
class Balancing:
    """What customers' balances pay for at the end of a day, in the programme's order.

    Args:
        fits: whom grants with a condition are for, see `limiting.fitting`.
    """

    program: Program
    fits: Mapping[str, str]

    @property
    def grants(self) -> list[Grant]:
        """Those that are paid for with units without anybody's choosing."""
        return [grant for grant in self.program.grants if grant.is_bought_by_balance]

    @property
    def statements(self) -> list[str]:
        """What lays out `bought` and adds it to `used`; nothing where the programme has no such grants."""
        if not self.grants:
            return []
        bought = statement("moved_on")
        for number, grant in enumerate(self.grants):
            bought = self._buying(bought, number, grant)
        names = ", ".join(text(grant.id) for grant in self.grants)
        costs = ", ".join(str(grant.cost) for grant in self.grants)
        return [
            statement("moves").format(
                cheapest=min(grant.cost or 0 for grant in self.grants),
                dates=" OR ".join(self._dates()) or "false",
                told=told(self.program.program, "m.day"),
            ),
            statement("bought").format(bought=bought, names=names, costs=costs),
        ]

    def _buying(self, before: str, number: int, grant: Grant) -> str:
        """The SQL of the state after a grant was given as often as the balance and its cap allow."""
        tests = [test for test in (fitting(grant, self.fits), is_due(grant, "s.day")) if test != "true"]
        return statement("buying").format(
            before=before,
            number=number,
            cost=grant.cost,
            due=" AND ".join(["s.may", *tests]),
            left=_left(number, grant),
        )

    def _dates(self) -> list[str]:
        """The SQL of the days on which something can be bought though nothing was earned."""
        dates = [is_due(grant, "day") for grant in self.grants if grant.when == "schedule"]
        return dates + [begins("day", grant.cap.per) for grant in self.grants if grant.cap]


def _left(number: int, grant: Grant) -> str:
    """The SQL of how often the cap still lets a grant be given."""
    if grant.cap is None:
        return "9999999"
    same = f"x.number = {number} AND {period('x.day', grant.cap.per)} = {period('s.day', grant.cap.per)}"
    return statement("left").format(most=most_of(grant, grant.cap), same=same)
