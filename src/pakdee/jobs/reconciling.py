"""What the shop keeps itself against the programme's rules, customer by customer."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pakdee.house import House
from pakdee.house.booked import accounts_of

if TYPE_CHECKING:
    from pakdee.programme import Reconciliation

_TOLD = frozenset({"points_balance", "tier"})


def reconcile(house: House, day: dt.date | None = None, limit: int = 20) -> Reconciliation:
    """Balances and tiers as the shop keeps them and as the rules would have them, in the morning of `day`.

    Args:
        limit: customers named, at most; those with the largest differences.

    Raises:
        LedgerError: there are no facts, or they cannot be read.
    """
    from pakdee import programme

    day, tables = day or house.today(), house.snapshot.tables
    with accounts_of(house, day, also=_TOLD, without=programme.DERIVED_ELSE) as (features, accounts):
        return programme.reconcile(tables, features, accounts, house.project.program, day=day, limit=limit)
