"""However few customers are worked on at once, what comes out is the same."""

import datetime as dt

import duckdb
import pyarrow.parquet as pq
from accounting_draws import ZONE
from accounting_making import program
from shops import customers_of, write
from test_points_by_hand import EACH_DOLLAR, TIERS, Made

from pakdee.programme import derive, ranges

DAY = dt.date(2026, 11, 22)


def test_a_range_has_as_many_rows_as_memory_allows(tmp_path, monkeypatch):
    """A thousand customers, the first with most of the orders: one range or many, each id in one of them."""
    shop = Made()
    for number in range(1000):
        shop.add("customers", customer_id=f"c{number:04}")
        for day in range(1, 29 if number < 100 else 2):
            shop.order(dt.date(2026, 5, day), 10 + number, f"c{number:04}")
    shop.refund(dt.date(2026, 5, 1), 5, dt.date(2026, 6, 1))
    shop.tables["refunds"][0]["order_id"] = "c0007-2026-05-01"
    tables = write(shop, tmp_path)
    facts = (tables, customers_of(tables, tmp_path), program([EACH_DOLLAR], tiers=TIERS))
    asked = {"day": DAY, "zone": ZONE}

    whole = pq.read_table(derive(*facts, out=tmp_path / "whole.parquet", **asked))
    monkeypatch.setattr(ranges, "BYTES_OF_ROW", 128_000_000 // 500)
    parts = pq.read_table(derive(*facts, out=tmp_path / "parts.parquet", **asked))

    assert parts.equals(whole)
    assert pq.read_metadata(tmp_path / "whole.parquet").num_row_groups == 1
    assert 5 <= pq.read_metadata(tmp_path / "parts.parquet").num_row_groups <= 12
    assert duckdb.sql("SELECT sum(points_balance) FROM whole").fetchall() == [(total(),)]


def total():
    """One point for each dollar; 5 of them went back."""
    return sum((10 + number) * (28 if number < 100 else 1) for number in range(1000)) - 5
