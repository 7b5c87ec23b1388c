"""The ladder, the kinds of loyalty and the last sign of life: made from features of all other stages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import duckdb

from pakdee.domain.feature import FeatureSpec
from pakdee.domain.feature_text import column, read_specs
from pakdee.domain.program import Program
from pakdee.domain.settings import MEMORY
from pakdee.programme.connecting import columns_of, locked, set_variables, statement
from pakdee.programme.ranges import IN_RANGE, write_ranges

STAGE = "loyalty"
ENGAGEMENT = "days_since_last_engagement"
BEST = "rung_best"
BEFORE = "rung_31d_ago"

TIMES_LAID_OUT = 3
"""A deed counts on its day, a year later, and in each span of days that is asked."""


@cache
def loyalty_specs() -> tuple[FeatureSpec, ...]:
    """The specification of every feature of stage "loyalty", in catalogue order."""
    text = (files("pakdee.programme") / "features" / "loyalty.toml").read_text("utf-8")
    return tuple(read_specs(text, stage=STAGE))


def loyalty(
    parts: Sequence[Path],
    snapshot_tables: Mapping[str, Path],
    program: Program,
    *,
    day: dt.date,
    provides: Collection[str],
    out: Path,
    names: Collection[str] | None = None,
    deeds: Path | None = None,
    memory_limit: str = MEMORY,
) -> Path:
    """Write `out`, a Parquet file of the features of stage "loyalty"; returns `out`.

    One row per customer of the first part: `customer_id` and features as of `day`. What no part tells is
    unknown.

    Args:
        parts: Parquet files of the stages before, as of the same day, in the order of customer_id.
        snapshot_tables: canonical table to Parquet file; only `activities` is read, for logins.
        provides: tables and columns the shop has; a feature that needs others is absent.
        names: only these features; None means all.
        deeds: what customers did day by day, as the ledger writes it; without it, nobody stood higher before.
        memory_limit: of the database, "128 MB".

    Raises:
        LedgerError: the parts cannot be read.
    """
    known = {*provides, "customers"}
    wanted = [s for s in loyalty_specs() if (names is None or s.name in names) and s.needs <= known]
    views = {"part" if number == 0 else f"part_{number}": path for number, path in enumerate(parts)}
    has_logins = "activities" in snapshot_tables and any(spec.name == ENGAGEMENT for spec in wanted)
    if has_logins:
        views["activities"] = snapshot_tables["activities"]
    if deeds:
        views["deeds"] = deeds
    with locked(views, out, memory_limit) as connection:
        ladder = program.ladder.model_dump(exclude={"preset"})
        asked = {spec.name for spec in wanted}
        then_from, then_on = _then(program, day) if BEFORE in asked else (None, None)
        set_variables(
            connection, day=day, month_on=day.replace(day=1), ladder=ladder, asks_best=BEST in asked
        )
        set_variables(connection, then_from=then_from, then_on=then_on)
        connection.execute(statement("logins" if has_logins else "no_logins"))
        connection.execute(statement("known"))
        connection.execute(f"CREATE TEMP VIEW known AS {_known(connection, list(views)[: len(parts)])}")
        connection.execute(statement("rungs"))
        connection.execute(statement("rungs_before" if deeds else "no_rungs_before"))
        connection.execute(statement("loyalty"))
        columns = ", ".join(("customer_id", *map(column, wanted)))
        rows = f"SELECT {columns} FROM {'loyalty' if wanted else 'known'}"
        write_ranges(connection, {out: [rows]}, memory_limit=memory_limit, times=TIMES_LAID_OUT)
    return out


def deeds_since(names: Collection[str], program: Program, day: dt.date) -> dt.date | None:
    """From when on deeds must be known for those of `names` that hang on earlier days; None for no others."""
    if BEST in names or BEFORE in names:
        return dt.date.min
    if "rung" not in names or program.ladder.settle != "month":
        return None
    longest = max(365, program.ladder.active_days, program.ladder.advocate_days)
    return day.replace(day=1) - dt.timedelta(days=longest)


def read_by_loyalty(names: Collection[str]) -> frozenset[str]:
    """Features of the stages before from which those of `names` that are of stage "loyalty" are made."""
    specs = {spec.name: spec for spec in loyalty_specs()}
    asked, found = [name for name in names if name in specs], set[str]()
    while asked:
        made_from = specs[asked.pop()].made_from - found
        found |= made_from
        asked += [name for name in made_from if name in specs]
    return frozenset(found - set(specs))


def _then(program: Program, day: dt.date) -> tuple[dt.date, dt.date]:
    """The day 31 days before `day`, and since when the highest rung was the one held on it."""
    then = day - dt.timedelta(31)
    return then.replace(day=1) if program.ladder.settle == "month" else then, then


def _known(connection: duckdb.DuckDBPyConnection, parts: Sequence[str]) -> str:
    """The SQL of the parts side by side, with the columns of `nothing_known`, of the range at hand."""
    read = set(columns_of(connection, "nothing_known")) - {"customer_id"}
    columns, joins = [f"{parts[0]}.customer_id"], ""
    for part in parts:
        columns += [f"{part}.{name}" for name in columns_of(connection, part) if name in read]
        if part != parts[0]:
            joins += f" LEFT JOIN (FROM {part} WHERE {IN_RANGE}) AS {part} USING (customer_id)"
    rows = f"SELECT {', '.join(columns)} FROM (FROM {parts[0]} WHERE {IN_RANGE}) AS {parts[0]}{joins}"
    return f"SELECT * FROM nothing_known UNION ALL BY NAME {rows}"
