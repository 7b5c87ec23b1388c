"""The set-based programme agrees with a slow one that walks through orders one by one."""

import datetime as dt
import shutil
import tempfile
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from test_programme import program, standing
from tiny_ledger import order, refund

STARTS = (("gold", 5000), ("silver", 1000), ("member", 0))
DAYS = st.sampled_from(
    [dt.date(2026, 1, 3), dt.date(2026, 7, 1), dt.date(2026, 12, 31), dt.date(2028, 2, 29)]
)


@st.composite
def histories(draw):
    """A day, and orders of three years around it, some of them paid back in part."""
    day = draw(DAYS)
    orders, refunds = [], []
    for number in range(draw(st.integers(0, 8))):
        bought = day - dt.timedelta(days=draw(st.integers(-5, 900)))
        amount = draw(st.sampled_from([300, 500, 1000, 2500, 5000, -400]))
        status = "returned" if amount < 0 else draw(st.sampled_from(["delivered", "delivered", "cancelled"]))
        orders.append(order("ada", bought, amount, order_id=f"o{number}", status=status))
        if amount > 0 and draw(st.booleans()):
            refunds.append(
                refund(f"o{number}", draw(st.sampled_from([100, amount])), bought + dt.timedelta(days=3))
            )
    return day, orders, refunds


def walked(day, orders, refunds):
    """The tier as of `day`: order by order, with what had been paid back by then."""
    spent = {day.year: Decimal(0), day.year - 1: Decimal(0)}
    for row in orders:
        year = row["ordered_on"].year
        if row["ordered_on"] >= day or year not in spent or row["status"] == "cancelled":
            continue
        back = [r["amount"] for r in refunds if r["order_id"] == row["order_id"] and r["refunded_on"] < day]
        spent[year] += row["net_amount"] - sum(back)
    return next((tier for tier, at in STARTS if max(spent.values()) >= at), "member")


@given(history=histories())
@settings(max_examples=25, deadline=None)
def test_tiers_agree_with_walking_through_the_orders(history):
    """The tier of a day is the walked one, and a move is the difference to the walked one a week before."""
    day, orders, refunds = history
    folder = Path(tempfile.mkdtemp())
    try:
        facts = {"orders": [*orders, order("ben", day - dt.timedelta(days=1), 10)], "refunds": refunds}
        found = standing(folder, program(), day, people=("ada", "ben"), **facts)["ada"]
    finally:
        shutil.rmtree(folder)

    now, before = walked(day, orders, refunds), walked(day - dt.timedelta(days=7), orders, refunds)
    rank = ["member", "silver", "gold"].index
    assert found["tier"] == now
    assert (
        found["tier_moved_7d"]
        == ("up", "none", "down")[(rank(before) >= rank(now)) + (rank(before) > rank(now))]
    )
