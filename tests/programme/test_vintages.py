"""Units by their month of issue are what a person would count on a few accounts."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

from pakdee.domain.program import Program
from pakdee.programme.vintages import vintages

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
