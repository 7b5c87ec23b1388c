"""However few customers are worked on at once, the features are the same."""

import datetime as dt
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from tiny_ledger import DAY, ZONE, ago, buyers, line, order, refund, shop

from pakdee.domain.errors import MemoryTooSmall
from pakdee.ledger import ledger_features, ranges


@pytest.fixture(scope="module")
def skewed(tmp_path_factory):
    """A hundred and fifty customers; the first ten have most of the orders and points."""
    names = [f"c{number:03}" for number in range(150)]
    sold = [
        order(name, ago(5 + 3 * turn), 10 + turn, order_id=f"{name}-{turn}", channel="online")
        for place, name in enumerate(names)
        for turn in range(60 if place < 10 else place % 3)
    ]
    points = [
        {"customer_id": one["customer_id"], "kind": "earn", "units": Decimal(4)}
        | {"occurred_on": one["ordered_on"], "expires_on": one["ordered_on"] + dt.timedelta(days=90)}
        for one in sold
    ]
    facts = {
        "orders": sold,
        "order_lines": [line(one["order_id"], 1, "tea", 10, category="drinks") for one in sold],
        "refunds": [refund("c004-2", 3, ago(2))],
        "products": [{"product_id": "tea", "name": "Tea", "category": "drinks", "is_listed": True}],
        "point_entries": points,
    }
    return shop(tmp_path_factory.mktemp("shop"), customers=buyers(*names), **facts)


def told(made, out):
    """The table of features."""
    return pq.read_table(ledger_features(made, day=DAY, zone=ZONE, leap_birthday="02-28", out=out))


def test_features_are_the_same_in_one_range_and_in_many(skewed, tmp_path, monkeypatch):
    """A range holds as many rows as memory allows, whoever they belong to."""
    whole = told(skewed, tmp_path / "whole.parquet")
    monkeypatch.setattr(ranges, "bytes_of", lambda _: 90_000)
    parts = told(skewed, tmp_path / "parts.parquet")

    assert parts.equals(whole)
    assert pq.read_metadata(tmp_path / "whole.parquet").num_row_groups == 1
    assert 6 <= pq.read_metadata(tmp_path / "parts.parquet").num_row_groups <= 20
    assert whole.column("order_count").to_pylist()[:12] == [60] * 10 + [1, 2]


def test_whoever_has_much_stands_alone(skewed, tmp_path, monkeypatch):
    """The ten with most orders are not together in a range, the others are many in one."""
    monkeypatch.setattr(ranges, "bytes_of", lambda _: 90_000)
    told(skewed, tmp_path / "parts.parquet")
    file = pq.read_metadata(tmp_path / "parts.parquet")
    sizes = [file.row_group(number).num_rows for number in range(file.num_row_groups)]

    assert max(sizes[:2]) <= 10 < max(sizes[2:])


def test_memory_that_is_too_small_is_told_as_that(skewed, tmp_path):
    """A limit that no database can work with; the facts are not at fault."""
    with pytest.raises(MemoryTooSmall, match=r"1 MB of memory are too few(?s:.*)\[ledger\]"):
        ledger_features(
            skewed,
            day=DAY,
            zone=ZONE,
            leap_birthday="02-28",
            out=tmp_path / "few.parquet",
            memory_limit="1 MB",
        )
