"""A programme's features: facts and `program.yaml` in, one row per customer out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from pakdee.domain.condition import Condition
from pakdee.domain.program import Program
from pakdee.domain.settings import MEMORY
from pakdee.programme import tiering
from pakdee.programme.catalogue import STANDS_IN, feature_specs
from pakdee.programme.connecting import columns_of, locked, set_variables
from pakdee.programme.facts import TABLES, lay_facts, place_refunds, shop_keeps_points
from pakdee.programme.ranges import IN_RANGE, write_ranges
from pakdee.programme.telling import BALANCE, LADDER_READS, REWARD, Telling, in_place_of_the_ledger
from pakdee.programme.whom import asking_tier, fitting

NO_CONDITIONS: Mapping[str, Condition] = MappingProxyType({})


def derive(
    snapshot_tables: Mapping[str, Path],
    ledger_features: Path,
    program: Program,
    *,
    day: dt.date,
    zone: ZoneInfo,
    out: Path,
    names: Collection[str] | None = None,
    earn_conditions: Mapping[str, Condition] = NO_CONDITIONS,
    grant_conditions: Mapping[str, Condition] = NO_CONDITIONS,
    leap_birthday: str = "02-28",
    gifts: pa.Table | None = None,
    memory_limit: str = MEMORY,
) -> Path:
    """Write `out`, a Parquet file of the features `program` gives; returns `out`.

    One row per customer of `ledger_features`: `customer_id` and the features of stage "programme", as of
    `day`, that is from facts of earlier days; and those of stage "ledger" that `stands_in` names, unless they
    are there. What the programme or the facts say nothing of is absent.

    Args:
        snapshot_tables: canonical table to Parquet file; those that a programme reads are read.
        ledger_features: the Parquet file of stage "ledger", as of the same day.
        names: only these features, and only the work that they need; None means all.
        earn_conditions: what facts must be like, by the name of each earn rule that has a `where`.
        grant_conditions: whom grants are for, by their ids, as far as features of the ledger, and tier and
            plan of the day, tell it; a grant with a `where` that is not here or asks more is given to nobody.
        leap_birthday: "02-28" or "03-01", the day of 29 February in common years.
        gifts: units that campaigns gave: customer_id, grant, day, units, source; they are units that the shop
            added. None where there are none.
        memory_limit: of the database, "128 MB"; it spills what is more.

    Raises:
        LedgerError: the facts cannot be read.
    """
    tables = {name: path for name, path in snapshot_tables.items() if name in TABLES}
    with locked({**tables, "part": ledger_features}, out, memory_limit) as connection:
        set_variables(connection, day=day, zone=zone.key, leap_birthday=leap_birthday)
        lay_facts(connection, program, earn_conditions, gifts)
        part = frozenset(columns_of(connection, "part"))
        fits = fitting(connection, grant_conditions, program)
        kept = shop_keeps_points(connection)
        by_tier = asking_tier(grant_conditions)
        telling = Telling(program, frozenset(tables), part, kept, earn_conditions, fits, by_tier)
        _write(connection, telling, names, day, out, memory_limit)
    return out


def _write(
    connection: duckdb.DuckDBPyConnection,
    telling: Telling,
    names: Collection[str] | None,
    day: dt.date,
    out: Path,
    memory_limit: str,
) -> None:
    told = telling.columns(names)
    if told:
        place_refunds(connection)
    applying = telling.applying(told)
    if applying.climb:
        tiering.lay_out(connection, telling.program, day, whole_history=telling.asks_old_tiers(told))
    set_variables(connection, active_days=telling.program.ladder.active_days)
    applying.begin(connection)
    for text in telling.begin(told):
        connection.execute(text)

    def lay() -> None:
        applying.of_range(connection)
        for text in telling.statements(told):
            connection.execute(text)

    parts = [
        f"SELECT {', '.join(('customer_id', *(told[name] for name in names)))} FROM {view}"
        for view, names in telling.by_view(told).items()
    ]
    everyone = f"SELECT customer_id FROM part WHERE {IN_RANGE}"
    write_ranges(connection, {out: parts or [everyone]}, lay, memory_limit=memory_limit)


def derived_from(
    names: Collection[str], grant_conditions: Mapping[str, Condition] = NO_CONDITIONS
) -> frozenset[str]:
    """The features of stage "ledger" that `derive` reads to give those of `names` that it gives."""
    if not any(spec.name in names for spec in feature_specs()) and not STANDS_IN.keys() & set(names):
        return frozenset()
    read = LADDER_READS.union(*(condition.features for condition in grant_conditions.values()))
    return read | {BALANCE} if REWARD in names else read


def stands_in(
    snapshot_tables: Mapping[str, Path], program: Program, names: Collection[str] = frozenset(STANDS_IN)
) -> frozenset[str]:
    """Features of stage "ledger" that `derive` gives: those of points, where the shop itself keeps none.

    Where it does, and there are rewards to choose, it is the days since points were spent or could be.

    Args:
        names: only these; without one of them the shop's entries are not looked at.

    Raises:
        LedgerError: the shop's entries cannot be read.
    """
    asked = frozenset(STANDS_IN.keys() & set(names))
    if "point_entries" not in snapshot_tables or not asked:
        return frozenset()
    kept = keeps_points(snapshot_tables)
    if not kept and not program.gives_units:
        return frozenset()
    return asked & in_place_of_the_ledger(program, shop_keeps_points=kept)


def keeps_points(snapshot_tables: Mapping[str, Path]) -> bool:
    """Whether the shop's own entries say what was earned. Raises LedgerError where they cannot be read."""
    entries = snapshot_tables.get("point_entries")
    if entries is None:
        return False
    with locked({"point_entries": entries, "part": entries}, entries) as connection:
        return shop_keeps_points(connection)


def told(
    snapshot_tables: Mapping[str, Path],
    program: Program,
    names: Collection[str],
    ledger_columns: Collection[str],
) -> frozenset[str]:
    """Those of `names` that `derive` would give; nothing is computed for it.

    Args:
        ledger_columns: features that `ledger_features` would have.

    Raises:
        LedgerError: the shop's entries cannot be read.
    """
    tables = TABLES & snapshot_tables.keys()
    kept = keeps_points(snapshot_tables)
    return frozenset(Telling(program, tables, frozenset(ledger_columns), kept, {}, {}).columns(names))
