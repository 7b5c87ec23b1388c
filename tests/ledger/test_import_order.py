"""Histories are stored customer by customer, so that a range of customers reads its own part of the file."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest

from pakdee.ledger.intake.staging import open_bench
from pakdee.ledger.intake.store import write_tables

ROWS = 250_000
MADE = f"""
CREATE VIEW merged_{{table}} AS
SELECT (hash(i) % 9973)::VARCHAR AS customer_id, i::VARCHAR AS {{key}},
       TIMESTAMPTZ '2026-01-01 00:00Z' + to_seconds((hash(i + {ROWS}) % 1000)::INTEGER) AS {{at}}
FROM range({ROWS}) AS t(i)
"""


@pytest.mark.parametrize(
    ("table", "key", "at"),
    [
        ("activities", "activity_id", "occurred_at"),
        ("point_entries", "entry_id", "occurred_at"),
    ],
)
def test_row_groups_are_in_the_order_of_customers(tmp_path, table, key, at):
    """No two row groups share more than the customer at whose rows the one ends and the next begins."""
    bench = open_bench(
        tmp_path,
        zone=ZoneInfo("UTC"),
        currency="THB",
        now=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
        progress=None,
    )
    bench.connection.execute("SET memory_limit = '32MB'")  # rows are sorted on disk as well
    bench.run(MADE.format(table=table, key=key, at=at))
    write_tables(bench, [table])
    bench.connection.close()

    file = pq.ParquetFile(tmp_path / f"{table}.parquet")
    groups = [file.metadata.row_group(n).column(0).statistics for n in range(file.num_row_groups)]
    first = file.read_row_group(0).slice(0, 1000).to_pylist()

    assert len(groups) >= 3
    assert file.schema_arrow.names[0] == "customer_id"
    assert all(one.max <= other.min for one, other in pairwise(groups))
    assert first == sorted(first, key=lambda row: (row["customer_id"], row[at], row[key]))
