"""Units by the month they were issued in, from the entries of all accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pakdee.domain.program import Program
from pakdee.domain.program.earning import ORDER
from pakdee.programme.connecting import locked, set_variables, statement


@dataclass(frozen=True)
class Vintages:
    """What became of a programme's units.

    Args:
        months: month (its first day), issued, redeemed, expired and sales, each a Decimal; in order.
        members, redeeming: customers who ever had units, and those who ever redeemed or gave away some.
    """

    months: tuple[Mapping[str, Any], ...]
    members: int
    redeeming: int


def vintages(entries: Path, orders: Path, program: Program) -> Vintages:
    """Every month with units.

    Args:
        entries: as `account` writes them: lots with what was earned, taken back and ran out of each, and what
            was used, without a lot.
        orders: the snapshot's table; its net amounts are what units of order rules were sold with.

    Raises:
        LedgerError: the entries cannot be read.
    """
    with locked({"part": entries, "orders": orders}, entries) as connection:
        set_variables(connection, order_rules=[rule.name for rule in program.earn if rule.when == ORDER])
        connection.execute(statement("vintages"))
        months = connection.sql("FROM vintages").to_arrow_table().to_pylist()
        [(members, redeeming)] = connection.execute("FROM members").fetchall()
    return Vintages(tuple(months), members, redeeming)
