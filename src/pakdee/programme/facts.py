"""The facts a programme looks at, as views that are empty where the shop has none."""

from __future__ import annotations

import re
from collections.abc import Mapping

import duckdb
import pyarrow as pa

from pakdee.domain.condition import Condition
from pakdee.domain.net_orders import kept_orders
from pakdee.domain.program import Program
from pakdee.programme.connecting import choice, statement, text
from pakdee.programme.plans import Plans

TABLES = frozenset(re.findall(r"VIEW shape_(\w+)", statement("shapes")))
"""Tables of the shop that a programme reads."""

NO_PLAN = "NULL::VARCHAR"
PLAN = (
    "(SELECT any_value(plan_id) FROM plan_days AS p WHERE p.customer_id = who"
    " AND on_day BETWEEN started_on AND holds_until)"
)
_NO_GIFTS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("grant", pa.string()),
        ("day", pa.date32()),
        ("units", pa.int64()),
        ("source", pa.string()),
    ]
).empty_table()
_GIVEN = {"email": "coalesce(email, '') <> ''", "phone": "coalesce(phone, '') <> ''"}


def lay_facts(
    connection: duckdb.DuckDBPyConnection,
    program: Program,
    conditions: Mapping[str, Condition],
    gifts: pa.Table | None = None,
) -> None:
    """Lay out `shop_*`, the shop's tables, and `facts_*`, what their rows say to the programme.

    The variables day, zone and leap_birthday must be set; first and last, before a view is read.

    Args:
        conditions: of the earn rules; a field that takes long is worked out only where one asks it.
        gifts: units that campaigns gave.
    """
    connection.register("gifts", _NO_GIFTS if gifts is None else gifts)
    there = {row[0] for row in connection.execute("SELECT view_name FROM duckdb_views()").fetchall()}
    connection.execute(statement("shapes"))
    for table in sorted(TABLES):
        rows = f"UNION ALL BY NAME SELECT * FROM {table}" if table in there else ""
        connection.execute(f"CREATE TEMP VIEW shop_{table} AS SELECT * FROM shape_{table} {rows}")
    connection.execute(kept_orders(has_refunds="refunds" in there))
    connection.execute(Plans(program).terms)
    asks_plan = any("plan" in condition.features for condition in conditions.values())
    laid = statement("facts").format(event=_event(program), plan=PLAN if asks_plan else NO_PLAN)
    connection.execute(laid)
    connection.execute(
        statement("people").format(
            has_contact=" AND ".join(_GIVEN[need] for need in program.program.needs if need in _GIVEN)
            or "true",
            min_age=program.program.min_age or 0,
        )
    )


def place_refunds(connection: duckdb.DuckDBPyConnection) -> None:
    """Find out once whose orders were paid back; from now on `shop_refunds` are those of the range.

    `lay_facts` must have been there, and the variable day must stay.
    """
    if connection.execute("SELECT 1 FROM duckdb_views() WHERE view_name = 'refunds'").fetchall():
        connection.execute(statement("refunds"))


def _event(program: Program) -> str:
    """The SQL of the event on a day; of several, the one that stands first in the file."""
    days = [(f"on_day BETWEEN DATE '{e.from_}' AND DATE '{e.until}'", text(e.id)) for e in program.events]
    return choice(days, "NULL::VARCHAR")


def shop_keeps_points(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the shop's own entries, if there are any, say what was earned."""
    there = connection.execute("SELECT 1 FROM duckdb_views() WHERE view_name = 'point_entries'").fetchall()
    return bool(there and connection.execute(statement("shop_keeps_points")).fetchall())
