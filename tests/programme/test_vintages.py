"""Units by their month of issue are what a person would count on a few accounts."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
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
