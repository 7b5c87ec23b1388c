"""Features, programme and twelve conditions as of a day, against the same columns in hand-written DuckDB SQL.

The shop is made by DuckDB and kept between runs: 20 orders a customer, skewed (customer = N·u³), over five
years, one line each, 40 categories, refunds of one order in forty; stored by customer, `--by-day` by day.
Both sides run in processes of their own, in turns, so that one machine's moods meet both; then the two tables
are compared, row by row. Shares are compared to nine decimals.

    python benchmarks/features.py [--customers 1000000] [--orders 20000000] [--rounds 3] [--by-day]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow.parquet as pq

from pakdee import ledger, programme
from pakdee.domain.condition import Condition
from pakdee.domain.program import Program
from pakdee.ledger.snapshot import Snapshot

DAY = dt.date(2026, 11, 22)
ZONE = ZoneInfo("Asia/Bangkok")
BY_HAND = Path(__file__).with_name("features_by_hand.sql")

CONDITIONS = {
    "segment:birthday_this_week": "days_to_birthday BETWEEN 1 AND 7",
    "segment:half_birthday": "days_to_half_birthday BETWEEN 0 AND 2 AND days_since_last_purchase > 30",
    "segment:new_members": "is_member AND days_since_joined BETWEEN 0 AND 3",
    "segment:second_purchase": "order_count = 1 AND days_since_first_purchase BETWEEN 14 AND 21",
    "segment:lapsed_regulars": "order_count >= 2 AND days_since_last_purchase BETWEEN 90 AND 365",
    "segment:overdue": "overdue_ratio > 1.5 AND net_spend > 0",
    "segment:silver_or_gold": "tier IN ('silver', 'gold')",
    "segment:moved_up": "tier_moved_7d = 'up' AND days_since_tier_change BETWEEN 1 AND 7",
    "segment:nearly_there": "tier_progress >= 0.8 AND to_next_tier <= average_order_value_365d * 2",
    "segment:clients_online": "rung = 'client' AND online_share_365d > 0.5",
    "segment:one_category": "category_count_365d = 1 AND order_count_365d >= 2",
    "segment:best": "rfm IN ('555', '554', '545') OR net_spend_365d >= 20000",
}

LEVELS = (("member", 0), ("silver", 5000), ("gold", 20000))

CUSTOMERS = """
SELECT format('c{{:08d}}', i) AS customer_id, DATE '2019-01-01' + (hash(i) % 2800)::INTEGER AS joined_on,
       1950 + (hash(i * 3) % 55)::INTEGER AS birth_year, 1 + (hash(i * 5) % 12)::INTEGER AS birth_month,
       1 + (hash(i * 7) % 28)::INTEGER AS birth_day,
       CASE WHEN hash(i * 11) % 10 = 0 THEN 'line' END AS declared_channel
FROM range({customers}) t(i) ORDER BY customer_id
"""
PERSONS = "SELECT customer_id, customer_id || '@example.com' AS email FROM '{folder}/customers.parquet'"
DRAWN = "CREATE MACRO drawn(i, nth) AS (hash(4 * i + nth) >> 11) / 9007199254740992.0"
AMOUNT = (
    "round(exp(6.3 + 0.8 * sqrt(-2 * ln(1 - drawn(i, 1))) * cos(2 * pi() * drawn(i, 2))), 2)::DECIMAL(18, 4)"
)
ORDERS = """
WITH drawn AS (
    SELECT i, least({customers} - 1,
                    floor({customers} * power(({part} + drawn(i, 0)) / {parts}, 3)))::BIGINT AS customer,
           TIMESTAMP '2021-11-22' + to_microseconds((i * 1826.0 / {orders} * 86400000000)::BIGINT) AS at_local
    FROM range({part}, {orders}, {parts}) t(i)
)
SELECT format('o{{:09d}}', i) AS order_id, format('c{{:08d}}', customer) AS customer_id,
       at_local AT TIME ZONE 'Asia/Bangkok' AS ordered_at, at_local::DATE AS ordered_on,
       {amount} AS net_amount,
       CASE hash(i * 13) % 10 WHEN 0 THEN 'app' WHEN 1 THEN 'store' ELSE 'online' END AS channel,
       CASE WHEN hash(i + 17) % 4 = 0 THEN 50 ELSE 0 END::DECIMAL(18, 4) AS discount_amount,
       CASE hash(i + 19) % 50 WHEN 0 THEN 'cancelled' WHEN 1 THEN 'returned' ELSE 'delivered' END AS status
FROM drawn ORDER BY {by}
"""
ROWS_AT_ONCE = 122_880
ORDERS_OF_PART = 5_000_000
"""So many orders are sorted at once: a part has the customers of its share of all orders, and every so manieth order."""

ORDER_LINES = """
SELECT format('o{{:09d}}', i) AS order_id, 1::BIGINT AS line_no, 'p' || hash(i) % 2000 AS product_id,
       'k' || floor(40 * power(drawn(i, 3), 2))::INTEGER AS category, 1::DECIMAL(18, 4) AS quantity,
       {amount} AS net_amount
FROM range({orders}) t(i)
"""
REFUNDS = """
SELECT 'r' || order_id AS refund_id, order_id, NULL::BIGINT AS line_no,
       (net_amount / 2)::DECIMAL(18, 4) AS amount, ordered_on + 5 AS refunded_on
FROM '{folder}/orders.parquet' WHERE hash(order_id || 'r') % 40 = 0
"""
TABLES = {
    "customers": CUSTOMERS,
    "persons": PERSONS,
    "orders": ORDERS,
    "order_lines": ORDER_LINES,
    "refunds": REFUNDS,
}


def made_shop(customers: int, orders: int, *, by_day: bool = False) -> Path:
    """The folder of the shop of this size, made once; orders lie by customer, or `by_day`."""
    name = f"pakdee-features-{customers}-{orders}-by-{'day' if by_day else 'customer'}"
    folder = Path(tempfile.gettempdir()) / name
    if not (folder / "done").exists():
        folder.mkdir(exist_ok=True)
        spill = {"memory_limit": "3GB", "temp_directory": str(folder / "spill")}
        asked = {"customers": customers, "orders": orders, "amount": AMOUNT, "folder": folder}
        with duckdb.connect(config=spill) as connection:
            connection.execute(DRAWN)
            for table, text in TABLES.items():
                file = folder / f"{table}.parquet"
                if table == "orders":
                    _write_orders(connection, file, asked, by_day=by_day)
                else:
                    connection.execute(f"COPY ({text.format(**asked)}) TO '{file}' (COMPRESSION zstd)")
        (folder / "done").touch()
    return folder


def _write_orders(
    connection: duckdb.DuckDBPyConnection, file: Path, asked: dict[str, Any], *, by_day: bool
) -> None:
    """Part by part, each sorted by itself: sorting all of a hundred million would take minutes."""
    parts = 1 if by_day else max(1, round(asked["orders"] / ORDERS_OF_PART))
    by = "ordered_at, order_id" if by_day else "customer_id, ordered_at, order_id"
    with ExitStack() as closing:
        writer = None
        for part in range(parts):
            text = ORDERS.format(**asked, part=part, parts=parts, by=by)
            rows = connection.sql(text).to_arrow_reader(ROWS_AT_ONCE)
            writer = writer or closing.enter_context(pq.ParquetWriter(file, rows.schema, compression="zstd"))
            for batch in rows:
                writer.write_batch(batch)


def by_house(folder: Path, out: Path) -> dict[str, float]:
    """Seconds per stage of the house's own way."""
    tables = {name: folder / f"{name}.parquet" for name in TABLES}
    columns = {f"{name}.{column}" for name, path in tables.items() for column in pq.read_schema(path).names}
    shop = Snapshot("bench", folder, {}, tables, frozenset(columns | set(tables)), None)
    spent, start = {}, time.perf_counter()

    def stage(name: str) -> None:
        spent[name] = time.perf_counter() - start - sum(spent.values())

    parts = [out.with_name("ledger.parquet"), out.with_name("programme.parquet")]
    ledger.ledger_features(shop, day=DAY, zone=ZONE, leap_birthday="02-28", out=parts[0])
    stage("features")
    programme.derive(tables, parts[0], rules(), day=DAY, zone=ZONE, out=parts[1])
    stage("programme")
    table = ledger.compose(shop, parts, conditions(parts), {}, out=out)
    stage("compose")
    assert table.customers == pq.read_metadata(parts[0]).num_rows
    return spent


def by_hand(folder: Path, out: Path) -> dict[str, float]:
    """Seconds of the hand-written script."""
    columns = ", ".join(f'coalesce({sql}, false) AS "{name}"' for name, sql in CONDITIONS.items())
    text = BY_HAND.read_text("utf-8").format(folder=folder, out=out, conditions=columns)
    start = time.perf_counter()
    spill = {"memory_limit": "1500MB", "temp_directory": str(out.parent / "spill")}
    with duckdb.connect(config=spill) as connection:
        connection.execute(text)
    return {"by hand": time.perf_counter() - start}


def rules() -> Program:
    """The programme of the benchmark."""
    about = {"name": {"en": "Club"}, "currency": "THB", "unit": {"name": {"en": "point"}}}
    levels = [{"id": name, "title": {"en": name}, "at": f"{amount} THB"} for name, amount in LEVELS]
    tiers = {"metric": "net_spend", "window": "calendar_year", "keep": "end_of_next_year", "levels": levels}
    earn = [{"when": "order", "per": "25 THB", "give": 1}]
    return Program.model_validate({"program": about, "earn": earn, "tiers": tiers})


def conditions(parts: list[Path]) -> list[Condition]:
    """The twelve conditions as the catalog would hand them over."""
    known = {name for part in parts for name in pq.read_schema(part).names}
    return [
        Condition(name, sql, sql, frozenset(word for word in sql.replace("(", " ").split() if word in known))
        for name, sql in CONDITIONS.items()
    ]


def differing(house: Path, hand: Path) -> int:
    """Rows of the house's table that differ from the hand-made one; shares and ratios to nine decimals."""
    fields = pq.read_schema(house)
    columns = ", ".join(
        f'round("{f.name}", 9) AS "{f.name}"' if str(f.type) == "double" else f'"{f.name}"' for f in fields
    )
    query = f"SELECT count(*) FROM (SELECT {columns} FROM '{house}' EXCEPT SELECT {columns} FROM '{hand}')"
    with duckdb.connect(config={"memory_limit": "3GB"}) as connection:
        return int(connection.execute(query).fetchall()[0][0])


def apart(*options: object) -> str:
    """The output of this script run in a process of its own."""
    command = [sys.executable, __file__, *map(str, options)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def measured(side: str, folder: Path, out: Path) -> dict[str, float]:
    """One side in a process of its own: seconds per stage, and its peak memory in GB."""
    return json.loads(apart("--one", side, "--folder", folder, "--out", out).splitlines()[-1])


def one(side: str, folder: Path, out: Path) -> None:
    """Run one side and print what it took."""
    begun = time.process_time()
    spent = (by_house if side == "house" else by_hand)(folder, out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps({**spent, "processor s": time.process_time() - begun, "peak GB": peak}))


def main() -> None:
    """Measure both sides in turns and print medians, their ratio, memory, and whether the tables agree."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--by-day", action="store_true")
    parser.add_argument("--only-make", action="store_true", help="make the shop and stop")
    for internal in ("--one", "--folder", "--out"):
        parser.add_argument(internal, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        one(asked.one, Path(asked.folder), Path(asked.out))
        return
    orders = asked.orders or 20 * asked.customers
    if asked.only_make:
        print(made_shop(asked.customers, orders, by_day=asked.by_day))
        return
    # Made apart: a process' peak memory is remembered by those it starts.
    size = ("--customers", asked.customers, "--orders", orders, *["--by-day"] * asked.by_day)
    compare(Path(apart("--only-make", *size).strip()), asked.rounds)


def compare(folder: Path, rounds: int) -> None:
    """Both sides `rounds` times in turns, and what came of it."""
    with tempfile.TemporaryDirectory() as scratch:
        outs = {side: Path(scratch) / f"{side}.parquet" for side in ("house", "hand")}
        runs = {side: [] for side in outs}
        for _ in range(rounds):
            for side, out in outs.items():
                runs[side].append(measured(side, folder, out))
        differences = differing(outs["house"], outs["hand"])
    medians = {
        side: {key: statistics.median(run[key] for run in found) for key in found[0]}
        for side, found in runs.items()
    }
    house = sum(medians["house"][stage] for stage in ("features", "programme", "compose"))
    for side, found in medians.items():
        print(f"{side:6s}", ", ".join(f"{key} {value:.2f}" for key, value in found.items()))
    print(f"house {house:.2f} s, by hand {medians['hand']['by hand']:.2f} s,", end=" ")
    print(f"ratio {house / medians['hand']['by hand']:.2f};", end=" ")
    busy = medians["house"]["processor s"] / medians["hand"]["processor s"]
    print(f"ratio of processor time {busy:.2f}; rows that differ: {differences}")


if __name__ == "__main__":
    main()
