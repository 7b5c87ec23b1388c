"""Points, tiers and all features of a large shop in one run, against one plain GROUP BY over its orders.

The shop is that of `benchmarks/features.py`; `--entries` adds point entries of the shop's own, as many as orders, one
in four of them spent, so that they need not be derived. Each side is a process of its own, measured whole. With
`--linear 5` the shop is taken five times as large as well, and what that takes is told as a multiple.

    python -m benchmarks.programme [--customers 1000000] [--orders 20000000] [--memory "128 MB"] [--entries]
                                   [--linear TIMES] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from benchmarks.features import DAY, ZONE, made_shop
from pakdee import ledger, programme
from pakdee.domain.program import Program
from pakdee.domain.settings import MEMORY
from pakdee.ledger.snapshot import Snapshot

ROOT = Path(__file__).resolve().parents[1]
TABLES = ("customers", "persons", "orders", "order_lines", "refunds")
COMPARED = ("seconds", "processor s")
LEVELS = (("member", 0), ("silver", 5000), ("gold", 20000))
ENTRIES = """
SELECT 'e' || order_id AS entry_id, customer_id, CASE WHEN hash(order_id) % 4 = 0 THEN 'redeem' ELSE 'earn' END AS kind,
       CASE WHEN hash(order_id) % 4 = 0 THEN -10 ELSE floor(net_amount / 25) END::DECIMAL(18, 4) AS units,
       ordered_at AS occurred_at, ordered_on AS occurred_on,
       CASE WHEN kind = 'earn' THEN last_day(ordered_on + INTERVAL 1 YEAR) END AS expires_on,
       timezone('Asia/Bangkok', (expires_on + 1)::TIMESTAMP) AS expires_at
FROM '{folder}/orders.parquet'
"""
PLAIN = """
SELECT customer_id, count(*) AS orders, sum(net_amount) AS spend, max(ordered_on) AS last_on
FROM '{folder}/orders.parquet' WHERE status <> 'cancelled' GROUP BY customer_id
"""


def rules() -> Program:
    """A programme with points that run out at the end of a month, tiers by calendar years, and a reward."""
    about = {"name": {"en": "Club"}, "currency": "THB", "unit": {"name": {"en": "point"}}}
    levels = [{"id": name, "title": {"en": name}, "at": f"{amount} THB"} for name, amount in LEVELS]
    return Program.model_validate(
        {
            "program": about,
            "earn": [{"when": "order", "per": "25 THB", "give": 1}],
            "expiry": {"rule": "age", "after": "12 months", "round": "month_end"},
            "tiers": {
                "metric": "net_spend",
                "window": "calendar_year",
                "keep": "end_of_next_year",
                "levels": levels,
            },
            "grants": [
                {
                    "id": "tea",
                    "when": "redeem",
                    "cost": 50,
                    "kind": "product",
                    "title": {"en": "A pot of tea"},
                }
            ],
        }
    )


def everything(folder: Path, out: Path, memory: str, tables: list[str]) -> dict[str, float]:
    """Seconds of each stage: features of the ledger, those of the programme, and both put together."""
    paths = {name: folder / f"{name}.parquet" for name in tables}
    columns = {f"{name}.{column}" for name, path in paths.items() for column in pq.read_schema(path).names}
    shop = Snapshot("bench", folder, {}, paths, frozenset(columns | set(paths)), None)
    asked = {"day": DAY, "zone": ZONE, "leap_birthday": "02-28", "memory_limit": memory}
    parts = [out.with_name("ledger.parquet"), out.with_name("programme.parquet")]
    spent, start = {}, time.perf_counter()
    ledger.ledger_features(shop, out=parts[0], **asked)
    spent["ledger"] = time.perf_counter() - start
    programme.derive(paths, parts[0], rules(), out=parts[1], **asked)
    spent["programme"] = time.perf_counter() - start - spent["ledger"]
    table = ledger.compose(shop, parts, [], {}, out=out, memory_limit=memory)
    spent["compose"] = time.perf_counter() - start - spent["programme"] - spent["ledger"]
    return {**spent, "features": len(table.columns)}


def plain(folder: Path) -> dict[str, float]:
    """Seconds of the one aggregation that any count of orders by customer takes."""
    start = time.perf_counter()
    # As fast as it goes: by itself DuckDB adds up many row groups in parts, which takes six times as long.
    config = {"memory_limit": "2GB", "disabled_optimizers": "partitioned_execution"}
    with duckdb.connect(config=config) as connection:
        connection.execute(f"CREATE TABLE sums AS {PLAIN.format(folder=folder)}")
    return {"plain": time.perf_counter() - start}


def add_entries(folder: Path) -> None:
    """The shop's own point entries, made once."""
    path = folder / "point_entries.parquet"
    if not path.exists():
        spill = {"memory_limit": "3GB", "temp_directory": str(folder / "spill")}
        with duckdb.connect(config=spill) as connection:
            connection.execute(f"COPY ({ENTRIES.format(folder=folder)}) TO '{path}' (COMPRESSION zstd)")


def apart(*options: object) -> str:
    """The last line that this script prints in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.programme", *map(str, options)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout
    return told.splitlines()[-1]


def one(asked: argparse.Namespace) -> None:
    """Run one side, or make the shop, and print what it took."""
    begun, folder = time.perf_counter(), Path(asked.folder)
    if asked.one == "make":
        print(folder := made_shop(asked.customers, asked.orders))
        if asked.entries:
            add_entries(folder)
        print(folder)
        return
    if asked.one == "plain":
        spent = plain(folder)
    else:
        with tempfile.TemporaryDirectory() as scratch:
            tables = [*TABLES, *["point_entries"] * asked.entries]
            spent = everything(folder, Path(scratch) / "features.parquet", asked.memory, tables)
    spent["seconds"] = time.perf_counter() - begun
    spent["processor s"] = time.process_time()
    spent["peak GB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps(spent))


def measured(customers: int, orders: int, asked: argparse.Namespace) -> dict[str, Any]:
    """Both sides on a shop of this size, and their ratio."""
    options = ["--memory", asked.memory, *["--entries"] * asked.entries]
    # Made apart: a process' peak memory is remembered by those it starts.
    folder = apart("--one", "make", "--customers", customers, "--orders", orders, *options)
    load = [os.getloadavg()[0]]
    found = {
        side: json.loads(apart("--one", side, "--folder", folder, *options)) for side in ("plain", "all")
    }
    load.append(os.getloadavg()[0])
    size = {
        "customers": customers,
        "orders": orders,
        "entries": orders * asked.entries,
        "memory": asked.memory,
    }
    ratio = {key: found["all"][key] / found["plain"][key] for key in COMPARED}
    return {"shop": size, **found, "all to plain": ratio, "load before and after": load}


def tell(run: dict[str, Any]) -> None:
    """One shop's figures, for people."""
    for name, figures in run.items():
        if isinstance(figures, dict):
            told = (
                f"{key} {value:.2f}" if isinstance(value, float) else f"{key} {value}"
                for key, value in figures.items()
            )
            print(f"{name:12s}", ", ".join(told))
    before, after = run["load before and after"]
    print(f"load before {before:.1f}, after {after:.1f}")


def main() -> None:
    """Measure both sides and print seconds, memory, their ratio, how it grows, and how busy the machine was."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, help="20 a customer without a word")
    parser.add_argument("--memory", default=MEMORY, help="of the database, as [ledger] memory")
    parser.add_argument("--entries", action="store_true", help="the shop keeps the points")
    parser.add_argument("--linear", type=int, metavar="TIMES", help="also a shop so many times as large")
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")
    for internal in ("--one", "--folder"):
        parser.add_argument(internal, default="", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    asked.orders = asked.orders or 20 * asked.customers
    if asked.one:
        one(asked)
        return
    runs = [measured(n * asked.customers, n * asked.orders, asked) for n in (1, asked.linear) if n]
    told: dict[str, Any] = {"runs": runs}
    if asked.linear:
        small, large = (run["all"] for run in runs)
        told["growth"] = {
            "rows": asked.linear,
            **{key: large[key] / small[key] for key in (*COMPARED, "peak GB")},
        }
    if asked.json:
        print(json.dumps(told, indent=1))
        return
    for run in runs:
        tell(run)
    if asked.linear:
        print("growth      ", ", ".join(f"{key} x{value:.2f}" for key, value in told["growth"].items()))


if __name__ == "__main__":
    main()
