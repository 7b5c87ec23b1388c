"""Whom a grant is for on a day: its condition over what the ledger tells, and that day's tier and plan."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from pakdee.domain.condition import Condition
from pakdee.domain.program import Program
from pakdee.domain.program.grants import OF_THE_DAY
from pakdee.programme.connecting import choice, columns_of, statement, text


def fitting(
    connection: duckdb.DuckDBPyConnection, conditions: Mapping[str, Condition], program: Program
) -> dict[str, str]:
    """For each condition over columns of `part`, tier and plan, the SQL of whether it holds for a customer.

    It is an expression over `customer_id` and `day`. What the ledger tells is what it tells today; plan and
    tier, in the morning, are those of the day.
    """
    known = frozenset(columns_of(connection, "part")) | OF_THE_DAY
    return {
        name: _holds(condition, program)
        for name, condition in conditions.items()
        if condition.features <= known and not condition.lists
    }


def asking_tier(conditions: Mapping[str, Condition]) -> frozenset[str]:
    """The conditions that hang on the tier of a day, by name."""
    return frozenset(name for name, condition in conditions.items() if "tier" in condition.features)


def _holds(condition: Condition, program: Program) -> str:
    asked = condition.features & OF_THE_DAY
    if not asked:
        return f"customer_id IN (SELECT customer_id FROM part WHERE {condition.sql})"
    columns = "".join(f', p."{name}"' for name in sorted(condition.features - asked))
    states = statement("states").format(tier=_tier(program))
    return statement("holds").format(states=states, columns=columns, condition=condition.sql)


def _tier(program: Program) -> str:
    """The SQL of the tier that is held; before the first change it is the lowest."""
    levels = program.tiers.levels if program.tiers else ()
    ids = [(f"h.rank = {rank}", text(level.id)) for rank, level in enumerate(levels, 1)]
    lowest = next((text(level.id) for level in levels if not level.invite), "NULL::VARCHAR")
    return choice(ids, lowest)
