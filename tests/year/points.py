"""Points at the end of the time: each entry summed up here, beside the balance that features tell."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from pakdee import ledger, programme
from pakdee.house import House

BALANCE = "points_balance"


@dataclass(frozen=True, slots=True)
class Account:
    """One customer's points. `entries` is the sum of all that is available by that morning, `balance` what the features tell."""

    customer: str
    entries: int
    balance: int


def accounts(house: House, day: dt.date, folder: Path) -> list[Account]:
    """What the programme makes of the facts by itself, as of `day`: entries by `account`, balances by `derive`.

    The shop's own entries are left away but for what was used, so that every point is the programme's.
    """
    folder.mkdir(exist_ok=True)
    snapshot, project = house.snapshot, house.project
    told = {"day": day, "zone": house.zone, "leap_birthday": house.settings.shop.leap_birthday}
    base = ledger.ledger_features(snapshot, **told, out=folder / "ledger.parquet", names=_READ)
    tables = {name: path for name, path in snapshot.tables.items() if name != "point_entries"}
    rules = {"earn_conditions": project.earn_conditions, **told}
    booked = programme.account(tables, base, project.program, out=folder, **rules)
    derived = programme.derive(
        tables, base, project.program, out=folder / "programme.parquet", names={BALANCE}, **rules
    )
    return _compared(booked.entries, derived, day)


_READ = programme.derived_from({BALANCE}) - {BALANCE}


def _compared(entries: Path, derived: Path, day: dt.date) -> list[Account]:
    sums: defaultdict[str, int] = defaultdict(int)
    columns = pq.read_table(entries, columns=["customer_id", "units", "available_on"]).to_pydict()
    for customer, units, available_on in zip(*columns.values(), strict=True):
        sums[customer] += units if available_on <= day else 0
    told = pq.read_table(derived, columns=["customer_id", BALANCE]).to_pydict()
    return [
        Account(customer, sums[customer], int(balance or 0))
        for customer, balance in zip(*told.values(), strict=True)
    ]
