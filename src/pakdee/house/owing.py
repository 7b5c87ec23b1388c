"""What a programme's units have come to: accounts of all customers, by the month units were issued in."""

from __future__ import annotations

import datetime as dt
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from pakdee.domain.measures import Missing
from pakdee.house.booked import accounts_of

if TYPE_CHECKING:
    from pakdee.house.house import House
    from pakdee.metrics import Figure
    from pakdee.metrics.liability import Standing
    from pakdee.programme import Vintages


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

    tables = house.snapshot.tables
    keeps = programme.keeps_points(tables)
    if "orders" not in tables or not (keeps or house.project.program.earn):
        return Missing(("orders",) if "orders" not in tables else ("program.earn",))
    if "point_entries" not in tables and not any(
        g.is_bought_by_balance for g in house.project.program.grants
    ):
        return Missing(("point_entries",))  # nobody tells what was used, so nobody knows what is still owed
    found = _kept(house, end) if keeps else _derived(house, end)
    return Standing(tuple(Vintage(**month) for month in found.months), found.members, found.redeeming)


def _derived(house: House, end: dt.date) -> Vintages:
    """By the programme's rules."""
    from pakdee import programme

    with accounts_of(house, end) as (_, accounts):
        orders = house.snapshot.tables["orders"]
        return programme.vintages(accounts.entries, orders, house.project.program)


def _kept(house: House, end: dt.date) -> Vintages:
    """By the shop's own entries."""
    from pakdee import programme

    customers = house.features(end, frozenset({"points_balance"})).path
    house.var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=house.var) as folder:
        return programme.kept_vintages(
            house.snapshot.tables,
            customers,
            house.project.program,
            day=end,
            zone=house.zone,
            folder=Path(folder),
            memory_limit=house.settings.ledger.memory,
        )
