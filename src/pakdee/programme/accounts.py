"""Customers' accounts by a programme: every entry of units, every grant and every tier, with its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from pakdee.domain.condition import Condition
from pakdee.domain.program import Program
from pakdee.domain.settings import MEMORY
from pakdee.programme import tiering
from pakdee.programme.applying import Applying
from pakdee.programme.connecting import choice, locked, set_variables, statement, text
from pakdee.programme.derive import NO_CONDITIONS
from pakdee.programme.expiring import Expiring
from pakdee.programme.facts import TABLES, lay_facts, place_refunds
from pakdee.programme.granting import Granting
from pakdee.programme.ranges import write_ranges
from pakdee.programme.whom import fitting


@dataclass(frozen=True)
class Accounts:
    """Where accounts are written, each a Parquet file in the order of customer_id.

    Args:
        entries: customer_id, kind (earn, reverse, redeem, donate, adjust, expire), rule, source, lot, day,
            available_on, units (negative where they were taken), last_on. `source` tells (with the customer,
            for join and birthday) what an entry is for; no two have the same rule and source.
        grants: customer_id, grant, source, day, valid_to, value, cause: what the programme gave by itself.
        tiers: customer_id, day, tier, ends_on, reason: the tier from the end of that day on.
    """

    entries: Path
    grants: Path
    tiers: Path


def account(
    snapshot_tables: Mapping[str, Path],
    ledger_features: Path,
    program: Program,
    *,
    day: dt.date,
    zone: ZoneInfo,
    out: Path,
    earn_conditions: Mapping[str, Condition] = NO_CONDITIONS,
    grant_conditions: Mapping[str, Condition] = NO_CONDITIONS,
    leap_birthday: str = "02-28",
    gifts: pa.Table | None = None,
    customers: Collection[str] | None = None,
    memory_limit: str = MEMORY,
) -> Accounts:
    """Write into the folder `out` what the programme makes of the facts of all days before `day`.

    Entries are those of its rules even where the shop keeps points itself, so that the two can be compared;
    what was spent, given away or adjusted is always the shop's.

    Args:
        ledger_features: the Parquet file of stage "ledger"; its customers have accounts.
        grant_conditions: whom grants are for, by their ids, over columns of `ledger_features`, which may be
            the composed table, and the tier and plan of the day; a grant with a `where` that is not here is
            given to nobody.
        customers: only these, for a few; None means all.
        Others as in `derive`.

    Raises:
        LedgerError: the facts cannot be read.
    """
    tables = {name: path for name, path in snapshot_tables.items() if name in TABLES}
    with locked({**tables, "part": ledger_features}, out / "accounts", memory_limit) as connection:
        set_variables(connection, day=day, zone=zone.key, leap_birthday=leap_birthday)
        lay_facts(connection, program, earn_conditions, gifts)
        place_refunds(connection)
        fits = fitting(connection, grant_conditions, program)
        if program.tiers:
            tiering.lay_out(connection, program, day, whole_history=True)
        return _write(connection, program, earn_conditions, fits, out, customers, memory_limit)


def _write(
    connection: duckdb.DuckDBPyConnection,
    program: Program,
    conditions: Mapping[str, Condition],
    fits: Mapping[str, str],
    out: Path,
    customers: Collection[str] | None,
    memory_limit: str,
) -> Accounts:
    tiers = program.tiers
    applying = Applying(
        program,
        conditions,
        climb=partial(tiering.run, program=program) if tiers else None,
        climbs_by_units=tiers is not None and tiers.metric == "units_earned",
        fits=fits,
    )
    lasting = Expiring(program).lasting

    def lay() -> None:
        applying.of_range(connection)
        connection.execute(statement("ran_out").format(**lasting))

    applying.begin(connection)
    written = Accounts(out / "entries.parquet", out / "grants.parquet", out / "tiers.parquet")
    selects = {
        written.entries: statement("booked").format(**lasting),
        written.grants: Granting(program, fits).all() or statement("no_grants"),
        written.tiers: statement("held").format(tier=_tier(program)),
    }
    rows = {path: [f"FROM ({select})"] for path, select in selects.items()}
    write_ranges(connection, rows, lay, customers, memory_limit=memory_limit)
    return written


def _tier(program: Program) -> str:
    levels = program.tiers.levels if program.tiers else ()
    return choice(
        [(f"rank = {rank}", text(level.id)) for rank, level in enumerate(levels, 1)], "NULL::VARCHAR"
    )
