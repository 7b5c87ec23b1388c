"""What holds of features for any ledger: they know no future, no row order, and nothing unspecified."""

import dataclasses
import datetime as dt
import shutil
import tempfile
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_ledger import DAY, ZONE, ago, at, buyers, features, line, order, refund, shop

from pakdee.domain.errors import LedgerError
from pakdee.domain.feature import FeatureCatalog, FeatureType
from pakdee.ledger import feature_specs, ledger_features
from pakdee.ledger.catalogue import APART, GROUPS, specs_of

WHOLE_SHOP = {
    "customers": [
        {
            "customer_id": "ada",
            "joined_on": ago(100),
            "birth_year": 1990,
            "birth_month": 1,
            "birth_day": 2,
            "birth_recorded_on": ago(90),
            "declared_channel": "line",
        }
    ],
    "orders": [
        order(
            "ada",
            ago(9),
            100,
            order_id="o",
            channel="online",
            status="delivered",
            discount_amount=Decimal(1),
            offer_id="spring",
            promised_on=ago(7),
            delivered_at=at(6),
        )
    ],
    "order_lines": [line("o", 1, "tea", 100, category="drinks")],
    "refunds": [refund("o", 10, ago(3))],
    "products": [
        {"product_id": "tea", "name": "Tea", "category": "drinks", "cycle_days": 30, "is_listed": True}
    ],
    "point_entries": [
        {"customer_id": "ada", "kind": "earn", "units": Decimal(4), "occurred_on": ago(9), "expires_on": DAY}
        | {"expires_at": dt.datetime(2026, 11, 22, 17, tzinfo=dt.UTC)}
    ],
    "activities": [
        {"customer_id": "ada", "type": "review", "occurred_at": at(4), "occurred_on": ago(4)}
        | {"product_id": "tea", "rating": Decimal(5)}
    ],
    "survey_responses": [
        {"response_id": "s", "survey_id": "q4", "customer_id": "ada", "question": "nps", "score": Decimal(9)}
        | {"scale_max": Decimal(10), "asked_at": at(6), "answered_at": at(5)}
    ],
    "tickets": [
        {"ticket_id": "t", "customer_id": "ada", "opened_at": at(6), "closed_at": at(5), "at_fault": "us"}
    ],
    "referrals": [
        {"referral_id": "f", "referrer_id": "ada", "invited_at": at(30), "converted_customer_id": "ben"}
        | {"converted_order_id": "x", "converted_at": at(8)}
    ],
    "grants_issued": [{"customer_id": "ada", "issued_at": at(11)}],
    "preferences": [{"customer_id": "ada", "key": "place", "value": "ari", "stated_at": at(12)}],
}

ARROW = {
    FeatureType.INTEGER: "int32",
    FeatureType.NUMBER: "double",
    FeatureType.MONEY: "decimal128(18, 4)",
    FeatureType.SHARE: "double",
    FeatureType.BOOLEAN: "bool",
    FeatureType.TEXT: "string",
    FeatureType.DATE: "date32[day]",
}


def stored(spec):
    """The Arrow type of a feature's column; of a list by what its entries have."""
    if spec.type is not FeatureType.LIST:
        return ARROW[spec.type]
    return (
        f"list<element: struct<{', '.join(f'{field.name}: {ARROW[field.type]}' for field in spec.fields)}>>"
    )


@st.composite
def histories(draw):
    """Orders, lines and refunds of three customers and a guest, in the weeks around the day."""
    orders, lines, refunds = [], [], []
    for number in range(draw(st.integers(0, 12))):
        bought = ago(draw(st.integers(-20, 420)))
        amount = draw(st.sampled_from([0, 10, 10, 25, 40, -15]))
        status = draw(st.sampled_from(["delivered", "delivered", "cancelled", None]))
        channel = draw(st.sampled_from(["online", "store", "app", None]))
        who = draw(st.sampled_from(["ada", "ben", "cat", None]))
        named = {"order_id": f"o{number}", "status": "returned" if amount < 0 else status, "channel": channel}
        orders.append(order(who, bought, amount, discount_amount=Decimal(number % 2), **named))
        for place in range(draw(st.integers(0, 2))):
            product = draw(st.sampled_from(["tea", "cup", "pie"]))
            lines.append(line(f"o{number}", place + 1, product, 10, category=product[0]))
        for place in range(draw(st.integers(0, 2))):
            whole_order = draw(st.booleans())
            back = bought + dt.timedelta(days=draw(st.integers(0, 30)))
            paid = refund(
                f"o{number}", draw(st.sampled_from([5, 10])), back, None if whole_order else place + 1
            )
            refunds.append(paid | {"refund_id": f"r{number}-{place}"})
    return {"orders": orders, "order_lines": lines, "refunds": refunds}


STOCK = {
    "products": [
        {"product_id": name, "name": name.title(), "category": name[0], "cycle_days": days}
        for name, days in (("tea", 30), ("pie", 3), ("pot", None), ("cup", None))
    ]
}
PEOPLE = [{"customer_id": name, "joined_on": ago(40)} for name in ("ada", "ben", "cat", "dan")]


def computed(facts, day=DAY):
    """Features of a shop with these facts, in a folder of its own."""
    folder = Path(tempfile.mkdtemp())
    try:
        made = shop(folder, customers=PEOPLE, **STOCK, **facts)
        everything = {
            f"{table}.{name}" for table in ("orders", "order_lines", "refunds") for name in ALL_COLUMNS
        }
        tables = {"orders", "order_lines", "refunds"}
        made = dataclasses.replace(made, provides=made.provides | tables | everything)
        return features(made, day)
    finally:
        shutil.rmtree(folder)


ALL_COLUMNS = ("status", "channel", "discount_amount", "category", "product_id")


@given(facts=histories())
@settings(max_examples=15, deadline=None)
def test_features_know_only_what_was_known(facts):
    """Features as of a day equal those of a ledger cut at that day: no later order or refund shines through."""
    cut = {
        "orders": [row for row in facts["orders"] if row["ordered_on"] < DAY],
        "order_lines": facts["order_lines"],
        "refunds": [row for row in facts["refunds"] if row["refunded_on"] < DAY],
    }

    assert computed(facts) == computed(cut)


@given(facts=histories(), data=st.data())
@settings(max_examples=15, deadline=None)
def test_row_order_changes_nothing(facts, data):
    """The same facts in any order give the same features."""
    shuffled = {table: data.draw(st.permutations(rows)) for table, rows in facts.items()}

    assert computed(facts) == computed(shuffled)


def test_every_column_is_specified_and_every_specification_computed(tmp_path):
    """A shop that has everything gets exactly the catalogue, in its order and its types."""
    out = tmp_path / "features.parquet"
    made = shop(tmp_path / "shop", **WHOLE_SHOP)
    schema = pq.read_schema(ledger_features(made, day=DAY, zone=ZONE, leap_birthday="02-28", out=out))

    assert schema.names == ["customer_id", *(spec.name for spec in feature_specs())]
    assert {spec.name: str(schema.field(spec.name).type) for spec in feature_specs()} == {
        spec.name: stored(spec) for spec in feature_specs()
    }


@pytest.mark.parametrize("group", [*GROUPS, *APART])
def test_every_feature_is_explained_in_thai_and_english(group):
    """Label and meaning in both languages; a null rule exactly where a value may be unknown."""
    for spec in specs_of(group):
        assert {"en", "th"} == set(spec.label.root) == set(spec.meaning.root), spec.name
        assert spec.nullable == bool(spec.null_rule)


def test_customers_and_orders_suffice_for_what_needs_no_more(tmp_path):
    """Four columns of orders and an id give the orders-only features; the others are absent, not null."""
    bare = [{k: v for k, v in order("ada", ago(5), 100).items() if k != "ordered_at"} | {"ordered_at": None}]
    found = features(shop(tmp_path, customers=buyers("ada"), orders=bare))["ada"]

    catalog = FeatureCatalog(list(feature_specs()))
    assert set(found) == {name for name, spec in catalog.items() if spec.needs <= {"customers", "orders"}}
    assert found["order_count"] == 1


def test_one_of_two_sources_is_enough(tmp_path):
    """Returns are told by refunds or by a status, offers by discounts or by their names; by neither, by no feature."""
    sold, back = order("ada", ago(5), 100, order_id="o"), refund("o", 25, ago(2))
    shops = {
        "refunds": {"orders": [sold], "refunds": [back]},
        "status": {"orders": [sold | {"status": "returned"}]},
        "names": {"orders": [sold | {"offer_id": "spring"}]},
        "nothing": {"orders": [sold]},
    }
    found = {
        name: features(shop(tmp_path / name, customers=buyers("ada"), **facts))["ada"]
        for name, facts in shops.items()
    }

    returned, offered = "return_rate_365d", "offer_order_share_365d"
    assert {name: known[returned] for name, known in found.items() if returned in known} == {
        "refunds": 0.25,
        "status": 1.0,
    }
    assert {name: known[offered] for name, known in found.items() if offered in known} == {"names": 1.0}


def test_without_any_order_the_people_remain(tmp_path):
    """A ledger of members who never bought has features of birthdays and joining."""
    found = features(shop(tmp_path, customers=WHOLE_SHOP["customers"]))["ada"]

    assert found["days_since_joined"] == 100
    assert "order_count" not in found


def test_days_made_in_another_zone_are_refused(tmp_path):
    """Days are made at import; a zone changed since would move midnight under them."""
    made = dataclasses.replace(shop(tmp_path, **WHOLE_SHOP), manifest={"zone": "Europe/London"})

    with pytest.raises(LedgerError, match="Europe/London"):
        features(made)


def test_the_shops_day_decides_not_the_instants(tmp_path):
    """An order at 01:30 of today in Bangkok is today's there, though UTC still writes yesterday."""
    early = dt.datetime(2026, 11, 21, 18, 30, tzinfo=dt.UTC)
    sold = [order("ada", DAY, 100) | {"ordered_at": early}, order("ada", ago(1), 7)]

    assert features(shop(tmp_path, customers=buyers("ada"), orders=sold))["ada"]["net_spend"] == Decimal(7)


def test_a_damaged_table_is_told(tmp_path):
    """A file that is no Parquet ends in words about the snapshot, not in a traceback of a database."""
    made = shop(tmp_path, **WHOLE_SHOP)
    made.tables["order_lines"].write_bytes(b"PAR1 not really PAR1")

    with pytest.raises(LedgerError, match="snapshot tiny"):
        features(made)
