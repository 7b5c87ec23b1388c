"""What a programme's units have come to: accounts of all customers, by the month units were issued in."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from pakdee.domain.measures import Missing
from pakdee.house.booked import accounts_of

if TYPE_CHECKING:
    from pakdee.house.house import House
    from pakdee.metrics import Figure
    from pakdee.metrics.liability import Standing


def owing(house: House, end: dt.date) -> list[Figure]:
    """M11 and M12 as of `end`; where the programme does not tell what a unit is worth, that they need it."""
    from pakdee.metrics.liability import liability_figures

    value = house.project.program.program.unit.value
    standing = _standing(house, end) if value else Missing(("program.unit.value",))
    return liability_figures(
        standing, value.amount if value else Decimal(0), house.project.program.program.currency
    )


def _standing(house: House, end: dt.date) -> Standing | Missing:
    from pakdee import programme
    from pakdee.metrics.liability import Standing, Vintage

    program, tables = house.project.program, house.snapshot.tables
    if "orders" not in tables or not program.earn:
        return Missing(("orders",) if program.earn else ("program.earn",))
    if "point_entries" in tables and not programme.stands_in(tables, program):
        return Missing(("lots of the shop's own point_entries",))
    with accounts_of(house, end) as (_, accounts):
        found = programme.vintages(accounts.entries, tables["orders"], program)
    return Standing(tuple(Vintage(**month) for month in found.months), found.members, found.redeeming)
