"""What the shop keeps beside what its rules make of the same facts, worked out by hand."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
from accounting_draws import ZONE
from accounting_making import program
from shops import INSTANT, TEXT, customers_of, write
from test_points_by_hand import EACH_DOLLAR, TIERS, Made, at

from pakdee.programme import DERIVED_ELSE, Compared, account, derive, reconcile

D = dt.date
DAY = D(2026, 11, 22)
CHANGES = pa.schema({"change_id": TEXT, "customer_id": TEXT, "to_tier": TEXT, "changed_at": INSTANT})


def booked(shop, who, kind, units, day):
    """An entry of the shop's own."""
    told = {"entry_id": f"{who}-{kind}-{day}", "customer_id": who, "kind": kind, "units": Decimal(units)}
    shop.add("point_entries", **told, occurred_at=at(day), occurred_on=day)


def reconciled(shop, rules, folder, kept, changes=(), limit=9):
    """The two sides; `kept` are balances by the shop's own entries, as the ledger tells them."""
    tables = write(shop, folder)
    if changes:
        tables["tier_changes"] = folder / "tier_changes.parquet"
        pq.write_table(pa.Table.from_pylist(list(changes), schema=CHANGES), tables["tier_changes"])
    asked = {"day": DAY, "zone": ZONE}
    told = pq.read_table(
        derive(tables, customers_of(tables, folder), rules, out=folder / "told.parquet", **asked)
    ).select(["customer_id", *["tier"] * bool(rules.tiers)])
    if kept:
        balances = pa.array([kept[who] for who in told["customer_id"].to_pylist()], pa.int64())
        told = told.append_column("points_balance", balances)
    pq.write_table(told, folder / "features.parquet")
    derived_from = {name: path for name, path in tables.items() if name not in DERIVED_ELSE}
    made = account(derived_from, folder / "features.parquet", rules, out=folder, **asked)
    return reconcile(tables, folder / "features.parquet", made, rules, day=DAY, limit=limit)


def shop_of(*customers):
    """A shop that knows of these customers."""
    shop = Made()
    for who in customers:
        shop.add("customers", customer_id=who)
    return shop


def test_two_balances_and_two_tiers_of_everyone(tmp_path):
    """Ada 120 USD is 120 points and gold, the shop has 100 and basic; of ben 30 and basic both say the same.

    Cem has 40 points for no order at all; dao's 9 USD were forgotten, and the tier given away.
    """
    shop = shop_of("ada", "ben", "cem", "dao")
    for who, amount in (("ada", 120), ("ben", 30), ("dao", 9)):
        shop.order(D(2026, 5, 1), amount, who)
    for who, units in (("ada", 100), ("ben", 30), ("cem", 40)):
        booked(shop, who, "earn", units, D(2026, 5, 1))
    given = {"change_id": "1", "customer_id": "dao", "to_tier": "gold", "changed_at": at(D(2026, 6, 1))}

    rules = program([EACH_DOLLAR], tiers=TIERS)
    kept = {"ada": 100, "ben": 30, "cem": 40, "dao": 0}
    found = reconciled(shop, rules, tmp_path, kept, [given])

    assert (found.customers, found.kept, found.derived) == (4, 170, 159)
    assert (found.balances_differing, found.tiers_differing, found.overdrawn) == (3, 2, 0)
    assert found.rows == (
        Compared("cem", 40, 0, 40, "basic", "basic", 0),
        Compared("ada", 100, 120, -20, "basic", "gold", 0),
        Compared("dao", 0, 9, -9, "gold", "basic", 0),
    )
    assert len(reconciled(shop, rules, tmp_path, kept, [given], limit=1).rows) == 1


def test_what_was_used_beyond_what_there_was_is_told(tmp_path):
    """80 earned, 50 and 70 redeemed: the second went 40 too far, whatever is earned afterwards.

    Ben's order of a redemption is returned later: he owes, but never used more than he had. Where the shop
    keeps neither points nor tiers, there is nothing to compare.
    """
    shop = shop_of("ada", "ben")
    for who in ("ada", "ben"):
        shop.order(D(2026, 5, 1), 80, who)
    shop.order(D(2026, 5, 20), 500)
    for day, units in ((D(2026, 5, 2), -50), (D(2026, 5, 10), -70)):
        booked(shop, "ada", "redeem", units, day)
    booked(shop, "ben", "redeem", -80, D(2026, 5, 2))
    shop.add(
        "refunds", refund_id="r", order_id="ben-2026-05-01", refunded_on=D(2026, 6, 1), amount=Decimal(80)
    )

    found = reconciled(shop, program([EACH_DOLLAR]), tmp_path, {})

    assert (found.kept, found.derived, found.keeps_tiers, found.balances_differing) == (None, None, False, 0)
    assert (found.overdrawn_customers, found.overdrawn) == (1, 40)
    assert found.rows == (Compared("ada", None, None, None, None, None, 40),)
