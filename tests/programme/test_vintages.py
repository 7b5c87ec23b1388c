"""Units by their month of issue are what a person would count on a few accounts."""

import datetime as dt
import random
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tiny_ledger import ZONE, buyers, order, shop

from pakdee.domain.program import Program
from pakdee.ledger import ledger_features
from pakdee.programme.vintages import kept_vintages, vintages

D = dt.date
MAY, JUNE = D(2026, 5, 10), D(2026, 6, 3)
PROGRAM = Program.model_validate(
    {
        "program": {"name": {"en": "Club"}, "currency": "THB"},
        "earn": [{"when": "order", "per": "1 THB", "give": 1}, {"when": "join", "give": 50}],
    }
)


def entry(customer, kind, units, day, *, rule="order", source=None, lot=None):
    """One row of an account."""
    row = {"customer_id": customer, "kind": kind, "units": units, "day": day, "available_on": day, "lot": lot}
    return row | {"rule": rule if lot else kind, "source": source}


def earned(customer, source, units, day, rule="order"):
    return entry(customer, "earn", units, day, rule=rule, source=source, lot=f"{rule}:{source}")


def taken(customer, kind, source, units, day, rule="order"):
    return entry(customer, kind, -units, day, rule=rule, source=source, lot=f"{rule}:{source}")


def told(folder, *rows, **amounts):
    """Vintages of these entries and orders."""
    pq.write_table(pa.Table.from_pylist(list(rows)), folder / "entries.parquet")
    sold = {
        "order_id": list(amounts),
        "net_amount": pa.array([Decimal(a) for a in amounts.values()], pa.decimal128(18, 4)),
    }
    pq.write_table(pa.table(sold), folder / "orders.parquet")
    found = vintages(folder / "entries.parquet", folder / "orders.parquet", PROGRAM)
    months = {
        row["month"]: tuple(int(row[n]) for n in ("issued", "redeemed", "expired", "sales"))
        for row in found.months
    }
    return months, (found.members, found.redeeming)


def test_what_was_used_is_of_the_oldest_units_that_did_not_run_out(tmp_path):
    """Ada: 100 of May, 60 redeemed and 40 run out; of June's 200 another 30. Ben has only earned, cat owes."""
    months, people = told(
        tmp_path,
        earned("ada", "a1", 100, MAY),
        earned("ada", "a2", 200, JUNE),
        entry("ada", "redeem", -60, D(2026, 5, 20)),
        entry("ada", "donate", -30, D(2026, 6, 20)),
        taken("ada", "expire", "a1", 40, D(2026, 6, 11), rule="order"),
        earned("ben", "ben", 50, JUNE, rule="join"),
        earned("cat", "c1", 10, MAY),
        entry("cat", "redeem", -25, JUNE),
        a1="100",
        a2="200",
        c1="10",
    )

    assert months == {D(2026, 5, 1): (110, 70, 40, 110), D(2026, 6, 1): (250, 30, 0, 200)}
    assert people == (3, 2)


def test_units_taken_back_were_never_issued_and_their_part_of_the_sale_never_made(tmp_path):
    """An order half returned, one wholly; and one that two rules pay for is one sale."""
    twice = earned("ada", "a3", 7, JUNE) | {"lot": "more:a3"}
    months, _ = told(
        tmp_path,
        earned("ada", "a1", 100, MAY),
        taken("ada", "reverse", "a1", 50, JUNE),
        earned("ada", "a2", 80, MAY),
        taken("ada", "reverse", "a2", 80, JUNE),
        earned("ada", "a3", 30, JUNE),
        twice,
        a1="100",
        a2="80",
        a3="30",
    )

    assert months == {D(2026, 5, 1): (50, 0, 0, 50), D(2026, 6, 1): (37, 0, 0, 30)}


def test_a_programme_without_entries_has_no_months(tmp_path):
    """Nothing issued, nobody a member."""
    pq.write_table(pa.Table.from_pylist([earned("ada", "x", 1, MAY)]).slice(0, 0), tmp_path / "e.parquet")
    pq.write_table(
        pa.table({"order_id": pa.array([], pa.string()), "net_amount": pa.array([], pa.decimal128(18, 4))}),
        tmp_path / "o.parquet",
    )
    found = vintages(tmp_path / "e.parquet", tmp_path / "o.parquet", PROGRAM)

    assert (found.months, found.members, found.redeeming) == ((), 0, 0)


# ── where the shop keeps the units itself ────────────────────────────────────────────────────────
LATER = D(2026, 7, 1)


def booked(customer, kind, units, day, **more):
    """One of the shop's own entries, at noon."""
    row = {"customer_id": customer, "kind": kind, "units": Decimal(units), "occurred_on": day, **more}
    return row | {"occurred_at": dt.datetime.combine(day, dt.time(5), dt.UTC)}


def kept(folder, *entries, orders=()):
    """Vintages by these entries."""
    rows = [row | {"entry_id": f"e{number}"} for number, row in enumerate(entries)]
    sold = [order("ada", MAY, amount, order_id=name) for name, amount in orders]
    made = shop(folder, customers=buyers("ada", "ben"), orders=sold, point_entries=rows)
    base = ledger_features(
        made, day=LATER, zone=ZONE, leap_birthday="02-28", out=folder / "l.parquet", names={"points_balance"}
    )
    found = kept_vintages(made.tables, base, PROGRAM, day=LATER, zone=ZONE, folder=folder)
    months = {
        row["month"]: tuple(int(row[n]) for n in ("issued", "redeemed", "expired", "sales"))
        for row in found.months
    }
    balance = sum(row["points_balance"] for row in pq.read_table(base).to_pylist())
    return months, (found.members, found.redeeming), balance


def test_the_shops_units_are_used_in_the_order_in_which_they_run_out(tmp_path):
    """60 of May's 100, since June's 50, which run out sooner, were not there yet; then 30 of these, 20 run out."""
    months, people, balance = kept(
        tmp_path,
        booked("ada", "earn", 100, MAY, expires_on=D(2026, 12, 31), order_id="a1"),
        booked("ada", "redeem", -60, D(2026, 5, 20)),
        booked("ada", "earn", 50, JUNE, expires_on=D(2026, 6, 20), order_id="a2"),
        booked("ada", "donate", -30, D(2026, 6, 10)),
        booked("ada", "expire", -20, D(2026, 6, 21)),
        booked("ben", "earn", 10, JUNE),
        booked("ben", "expire", -4, D(2026, 6, 21)),
        booked("ben", "redeem", -99, LATER),
        orders=[("a1", 1000), ("a2", 500)],
    )

    assert months == {D(2026, 5, 1): (100, 60, 0, 1000), D(2026, 6, 1): (60, 30, 24, 500)}
    assert people == (2, 1)
    assert balance == 160 - 90 - 24


def test_what_the_shop_took_back_was_never_issued(tmp_path):
    """By the lot or the order that the entry names; without either it is taken like anything used."""
    months, _, balance = kept(
        tmp_path,
        booked("ada", "earn", 100, MAY, order_id="a1"),
        booked("ada", "earn", 80, MAY, lot_id="x", order_id="a2"),
        booked("ada", "earn", 40, JUNE, lot_id="x"),
        booked("ada", "reverse", -50, JUNE, order_id="a1"),
        booked("ada", "reverse", -30, JUNE, lot_id="x"),
        booked("ada", "reverse", -5, JUNE),
        orders=[("a1", 1000), ("a2", 400)],
    )

    # a1: half of its units stayed, so half of the sale; x: 90 of 120, so three quarters.
    assert months == {D(2026, 5, 1): (140, 5, 0, 800)}
    assert balance == 135


def drawn(chance, customer, lives, *, owing, expiring):
    """A customer's entries of four months, lots named by their entry; `owing`, more may be taken than there is."""
    rows = []
    for passed in range(120, 0, -1):
        day = LATER - dt.timedelta(days=passed)
        name = f"{customer}-{120 - passed:03}"
        if chance.random() < 0.12:
            life = chance.choice(lives)
            until = life and day + dt.timedelta(days=life)
            rows.append(booked(customer, "earn", chance.randint(1, 90), day, expires_on=until, entry_id=name))
        elif chance.random() < 0.12:
            kind = "expire" if expiring and chance.random() < 0.3 else "redeem"
            there = sum(left(lot) for lot in walked(rows, day) if lot["until"] >= day)
            units = chance.randint(1, 70) if owing else min(int(there), chance.randint(1, 70))
            rows += [booked(customer, kind, -units, day, entry_id=name)] if units else []
    return [row | {"order_id": row["entry_id"]} for row in rows]


def left(lot):
    """What of a lot was neither redeemed nor ran out by an entry."""
    return lot["units"] - lot["redeemed"] - lot["expired"]


def walked(rows, day):
    """Lots with what was taken of them before `day`, entry by entry."""
    lots = []
    for row in rows:
        on, units, ends = row["occurred_on"], row["units"], row["kind"] == "expire"
        if units > 0:
            lots.append({"lot": row["entry_id"], "until": row["expires_on"] or dt.date.max, "units": units})
            lots[-1] |= {"redeemed": Decimal(0), "expired": Decimal(0)}
            lots.sort(key=lambda lot: (lot["until"], lot["lot"]))
            continue
        for lot in lots:
            if lot["until"] == dt.date.max if ends else lot["until"] >= on:
                taken = min(left(lot), -units)
                lot["expired" if ends else "redeemed"] += taken
                units += taken
    for lot in lots:
        lot["expired"] += left(lot) if lot["until"] < day else 0
    return lots


@pytest.mark.parametrize(
    ("lives", "owing", "expiring"),
    [([40], False, False), ([None], False, True), ([40], True, False), ([20, 90, None], True, True)],
)
def test_the_fate_of_each_lot_is_what_walking_from_entry_to_entry_gives(tmp_path, lives, owing, expiring):
    """Thirty customers whose lots run out in the order in which they came, or not, and who take more, or not."""
    chance = random.Random(11)
    names = [f"c{number:02}" for number in range(30)]
    life = {name: drawn(chance, name, lives, owing=owing, expiring=expiring) for name in names}
    rows = [row for of_one in life.values() for row in of_one]
    made = shop(tmp_path, customers=buyers(*names), orders=[order(names[0], MAY, 1)], point_entries=rows)
    everyone = made.tables["customers"]
    kept_vintages(made.tables, everyone, PROGRAM, day=LATER, zone=ZONE, folder=tmp_path)
    found = {
        lot["order_id"]: tuple(lot[name] for name in ("units", "redeemed", "expired"))
        for lot in pq.read_table(tmp_path / "lots.parquet").to_pylist()
    }

    lots = [lot for of_one in life.values() for lot in walked(of_one, LATER)]
    assert found == {lot["lot"]: (lot["units"], lot["redeemed"], lot["expired"]) for lot in lots}
    assert sum(lot["redeemed"] for lot in lots) > 100
